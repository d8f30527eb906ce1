import AgentClient
import ArgumentParser
import Terminal
import Wire

struct StatusCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Status.name, abstract: "Show the agent: version, databases, jobs, keys.",
        usage: "adminctl status [<options>]",
        discussion: "EXAMPLE\n  adminctl status")

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func execute(_ connection: AgentConnection, _ console: Console) throws(AgentClientError) -> Int32 {
        let answer = try connection.call(Status.self, .init())
        guard !options.json else {
            console.json(answer.json)
            return 0
        }
        let status = answer.value
        let state = console.styled(status.state.rawValue, status.state == .ready ? .green : .yellow, .bold)
        console.line("schemad \(console.plain(status.agent)): \(state)")
        console.facts([
            ("audience", console.plain(status.audience)), ("up", TimeText.duration(status.uptimeMs)),
            ("jobs", status.jobs.map { "\($0.queued) queued, \($0.running) running" } ?? "not known"),
            ("connections", "\(status.connections)"), ("keys", console.list(status.keys)),
        ])
        var table = Table()
        for database in status.databases {
            let verdict = database.verdict ?? "not diagnosed yet"
            let reach = database.reachable.map { $0 ? "reachable" : "unreachable" } ?? "not tried yet"
            let replay = database.replay.map { "replaying revision \($0.revision) of \($0.total)" }
            table.add([
                console.plain(database.name), console.plain(verdict), reach, database.observedAt ?? "", replay ?? "",
            ])
        }
        console.line()
        console.line(status.databases.isEmpty ? "no databases" : "databases")
        console.table(table)
        return 0
    }
}
