import AgentClient
import ArgumentParser
import Diagnosis
import Synchronization
import Wire

struct WatchCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Watch.name, abstract: "Follow a job to its end, or a database until Ctrl-C.",
        usage: "adminctl watch [<options>] [<job>]",
        discussion: """
            EXAMPLES
              adminctl watch JOB
              adminctl watch          each change of verdict, rows or schema

            Exit status: 0 when the job succeeded, 1 when not.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Argument(help: "The job's id. Without it, the database is followed.")
    var job: String?

    @Option(help: ArgumentHelp("Skip the events up to this number.", valueName: "number"))
    var afterSequence: Int64?

    @Flag(help: "Print each event, then the job, as one JSON object per line.")
    var jsonEvents = false

    func validate() throws {
        if job == nil, afterSequence != nil { throw ValidationError("--after-sequence requires a job") }
    }

    func execute(_ connection: AgentConnection, _ console: Console) throws(AgentClientError) -> Int32 {
        guard let job else { return try follow(connection, console) }
        let progress = ProgressDisplay(console)
        let onEvent: ((Event) -> Void)? =
            jsonEvents ? { console.json($0.json) } : options.json ? nil : { progress.show($0) }
        let outcome = Result { () throws(AgentClientError) in
            try connection.call(
                Watch.self, .init(job: job, afterSequence: afterSequence), patience: nil, onEvent: onEvent)
        }
        if onEvent != nil, !jsonEvents { progress.end() }
        let answer = try outcome.get()
        guard case .job(let entry) = answer.value else { return 1 }
        if options.json || jsonEvents { console.json(answer.json) } else { console.job(entry) }
        return entry.state == .succeeded ? 0 : 1
    }

    /// Repeats the request, which the agent ends after some time, until the command is interrupted.
    private func follow(_ connection: AgentConnection, _ console: Console) throws(AgentClientError) -> Int32 {
        let last = Mutex<Watch.DatabaseState?>(nil)
        while true {
            _ = try connection.call(Watch.self, .init(), database: options.chosenDatabase, patience: nil) { event in
                guard let state = event.state else { return }
                let isNew = last.withLock { last in
                    defer { last = state }
                    return last.map { !$0.isSame(as: state) } ?? true
                }
                guard isNew else { return }
                if options.json || jsonEvents { console.json(event.data ?? .null) } else { show(state, console) }
            }
        }
    }

    private func show(_ state: Watch.DatabaseState, _ console: Console) {
        let verdict = console.styled(state.verdict.rawValue, state.healthy ? .green : .red, .bold)
        let fingerprint = state.fingerprint.map { "  schema \(console.plain($0))" } ?? ""
        console.line(
            "\(state.observedAt)  \(console.plain(state.database)): \(verdict)  rows \(console.rows(state.rows))\(fingerprint)"
        )
    }
}
