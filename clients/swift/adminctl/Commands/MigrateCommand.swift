import AgentClient
import ArgumentParser
import Wire

struct MigrateCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Migrate.name, abstract: "Run pending migrations, once.",
        discussion: """
            EXAMPLES
              adminctl migrate
              adminctl migrate --plan ID --deadline 30m
              adminctl migrate --no-wait --idempotency-key deploy-8f3c
              adminctl watch JOB

            The run is a job of the agent; interrupting this command leaves it be.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Option(parsing: .upToNextOption, help: "Targets as Alembic takes them: ids, labels, heads (default).")
    var to: [String] = []

    @Option(help: "Run only while this plan still holds.")
    var plan: String?

    @Option(parsing: .upToNextOption, help: "Run only from exactly these rows.")
    var expectFrom: [String] = []

    @Option(help: "How long the run may take, for example 15m; default: the database's migrate_deadline.")
    var deadline: DurationArgument?

    @Flag(help: "Return as soon as the job is recorded.")
    var noWait = false

    @Option(help: "The same key asks for the same job, however often.")
    var idempotencyKey: String?

    @Flag(help: "Print each event and then the result as JSON, one object a line.")
    var jsonEvents = false

    func execute(_ connection: AgentConnection, _ console: Console) throws(ClientError) -> Int32 {
        let parameters = Migrate.Parameters(
            to: to.isEmpty ? nil : to, plan: plan, expectFrom: expectFrom.isEmpty ? nil : expectFrom,
            wait: noWait ? false : nil, runDeadlineMs: deadline?.milliseconds)
        let progress = ProgressLines(console: console)
        let onEvent: ((Event) -> Void)? =
            jsonEvents ? { console.json($0.json) } : options.json || noWait ? nil : { progress.show($0) }
        let outcome = Result { () throws(ClientError) in
            try connection.call(
                Migrate.self, parameters, database: options.chosenDatabase, idempotencyKey: idempotencyKey,
                patience: nil, onEvent: onEvent)
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
                console.styled(result.state.rawValue, .yellow, .bold) + ", as job \(console.plain(result.job ?? ""))")
            if let job = result.job { console.line("Follow it: \(options.commandLine("watch \(console.plain(job))"))") }
        case .succeeded where result.applied.isEmpty:
            console.line(
                console.styled("nothing to do", .green, .bold)
                    + ", the database is at \(console.rows(result.to ?? result.from))")
        case .succeeded:
            let count = result.applied.count
            let time = result.durationMs.map { " in " + TimeText.duration($0) } ?? ""
            console.line(
                console.styled("migrated", .green, .bold) + ": \(count) revision\(count == 1 ? "" : "s")\(time)")
            console.facts([
                ("from", console.rows(result.from)), ("to", console.rows(result.to)),
                ("job", console.plain(result.job ?? "none")),
            ])
        }
        console.findings(result.findings)
    }
}
