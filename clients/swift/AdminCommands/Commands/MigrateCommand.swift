import AgentClient
import ArgumentParser
import Terminal
import Wire

struct MigrateCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Migrate.name, abstract: "Run pending migrations, once.",
        usage: "adminctl migrate [<options>]",
        discussion: """
            EXAMPLES
              adminctl migrate
              adminctl migrate --plan ID --deadline 30m
              adminctl migrate --no-wait --idempotency-key deploy-8f3c
              adminctl watch JOB

            The run is a job of the agent: it continues if this command is interrupted with Ctrl-C.
            adminctl cancel JOB ends it.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Targets in Alembic's syntax: ids, labels, heads (default).", valueName: "target"))
    var to: [String] = []

    @Option(help: ArgumentHelp("Run only if this plan is still current.", valueName: "id"))
    var plan: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Run only if the version table has exactly these rows.", valueName: "revision"))
    var expectFrom: [String] = []

    @Option(
        help: ArgumentHelp(
            "The time limit of the run, for example 15m; default: the database's migrate_deadline.", valueName: "time"))
    var deadline: DurationArgument?

    @Flag(help: "Return as soon as the job is recorded.")
    var noWait = false

    @Option(help: ArgumentHelp("Requests with the same key are the same job.", valueName: "key"))
    var idempotencyKey: String?

    @Flag(help: "Print each event, then the result, as one JSON object per line.")
    var jsonEvents = false

    func execute(_ connection: AgentConnection, _ console: Console) throws(AgentClientError) -> Int32 {
        let parameters = Migrate.Parameters(
            to: to.isEmpty ? nil : to, plan: plan, expectFrom: expectFrom.isEmpty ? nil : expectFrom,
            wait: noWait ? false : nil, runDeadlineMs: deadline?.milliseconds)
        let progress = ProgressDisplay(console)
        let detachment = Detachment(options, console)
        let follow: (Event) -> Void = { [jsonEvents] event in
            detachment.show(event)
            if jsonEvents { console.json(event.json) } else { progress.show(event) }
        }
        let onEvent = (options.json && !jsonEvents) || noWait ? nil : follow
        let outcome = Result { () throws(AgentClientError) in
            try detachment.during { () throws(AgentClientError) in
                try connection.call(
                    Migrate.self, parameters, database: options.chosenDatabase, idempotencyKey: idempotencyKey,
                    patience: nil, onEvent: onEvent)
            }
        }
        if onEvent != nil, !jsonEvents { progress.end() }
        let answer = try outcome.get()
        if options.json || jsonEvents { console.json(answer.json) } else { show(answer.value, console) }
        return 0
    }

    private func show(_ result: Migrate.Result, _ console: Console) {
        switch result.state {
        case .queued, .running:
            console.line(
                console.styled(result.state.rawValue, .yellow, .bold) + ", as job \(console.plain(result.job))")
            console.line("Follow it: \(options.commandLine("watch \(console.plain(result.job))"))")
        case .succeeded where result.applied.isEmpty:
            let what = result.note == nil ? "nothing to do" : "nothing was run"
            console.line(
                console.styled(what, .green, .bold)
                    + ", the database is at \(console.rows(result.to ?? result.from))")
        case .succeeded:
            let count = result.applied.count
            let time = result.durationMs.map { " in " + TimeText.duration($0) } ?? ""
            console.line(
                console.styled("migrated", .green, .bold) + ": \(count) revision\(count == 1 ? "" : "s")\(time)")
            console.facts([
                ("from", console.rows(result.from)), ("to", console.rows(result.to)),
                ("job", console.plain(result.job)),
            ])
        }
        if let note = result.note { console.line("  " + console.plain(note)) }
        console.findings(result.findings)
    }
}

/// A duration on the command line: `90s`, `15m`, `2h`, `500ms`.
struct DurationArgument: ExpressibleByArgument {
    let milliseconds: Int64

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        let factors: [String: Int64] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let number = Int64(digits), number > 0, let factor = factors[String(argument.dropFirst(digits.count))]
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        milliseconds = product
    }
}
