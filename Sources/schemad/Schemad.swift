import Agent
import ArgumentParser

/// The agent's own program. It ends with the statuses of sysexits.h: 64 for wrong usage, 69 when something it needs is
/// not available, 73 when it cannot make its sockets, 78 for wrong settings.
@main struct Schemad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schemad", abstract: "The one process that may change a PostgreSQL schema managed by Alembic.",
        discussion: "Talk to it with adminctl. Try it on a project of yours with: schemad dev --project DIR",
        version: AgentVersion.current,
        subcommands: [
            ServeCommand.self, DevelopCommand.self, GraphCommand.self, SnapshotCommand.self, CheckCommand.self,
        ])

    static func main() async {
        Serve.prepareProcess()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: Report.exit(error))
        }
    }
}
