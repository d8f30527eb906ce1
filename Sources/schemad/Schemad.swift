import Agent
import ArgumentParser

/// The agent's program. Exit statuses follow sysexits.h: 64 wrong usage, 69 something it needs is unavailable, 73 its
/// sockets cannot be created, 78 wrong settings.
@main struct Schemad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schemad", abstract: "The only process that may change a PostgreSQL schema managed by Alembic.",
        discussion: "Use adminctl to send it commands. To try it on your project: schemad dev --project DIR",
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
