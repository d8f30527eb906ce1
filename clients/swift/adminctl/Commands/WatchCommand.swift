import AgentClient
import ArgumentParser
import Wire

struct WatchCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Watch.name, abstract: "Follow a job to its end.",
        discussion: """
            EXAMPLE
              adminctl watch JOB

            Exit status: 0 when the job succeeded, 1 when not.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Argument(help: "The job's id.")
    var job: String

    @Option(help: "Leave out the events up to this one.")
    var afterSequence: Int64?

    @Flag(help: "Print each event and then the job as JSON, one object a line.")
    var jsonEvents = false

    func execute(_ connection: AgentConnection, _ console: Console) throws(ClientError) -> Int32 {
        let progress = ProgressLines(console: console)
        let onEvent: ((Event) -> Void)? =
            jsonEvents ? { console.json($0.json) } : options.json ? nil : { progress.show($0) }
        let outcome = Result { () throws(ClientError) in
            try connection.call(
                Watch.self, .init(job: job, afterSequence: afterSequence), patience: nil, onEvent: onEvent)
        }
        if onEvent != nil, !jsonEvents { progress.end() }
        let answer = try outcome.get()
        if options.json || jsonEvents { console.json(answer.json) } else { show(answer.value, console) }
        return answer.value.state == .succeeded ? 0 : 1
    }

    private func show(_ job: JobEntry, _ console: Console) {
        let state = console.styled(job.state.rawValue, job.state == .succeeded ? .green : .red, .bold)
        console.line("\(console.plain(job.id)): \(state)")
        var facts = [("command", console.plain(job.command))]
        if let database = job.database { facts.append(("database", console.plain(database))) }
        if let applied = job.result?["applied"]?.arrayValue {
            facts.append(("applied", console.list(applied.compactMap(\.stringValue))))
        }
        if let error = job.error { facts.append((error.code.rawValue, console.plain(error.message))) }
        if let ended = job.endedAt { facts.append(("ended", console.plain(ended))) }
        console.facts(facts)
    }
}
