import Agent
import ArgumentParser

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the agent in the foreground, until SIGTERM or SIGINT.",
        discussion: "Example: schemad serve --config /etc/schemad/schemad.toml")

    @Option(help: "The settings file.") var config = "/etc/schemad/schemad.toml"
    @Option(help: "What to log on standard error: trace, debug, info, notice, warning or error.") var logLevel = "info"

    func run() async throws {
        try await Serve(settings: try AgentSettings.read(path: config), logger: Report.logger(logLevel)).run()
    }
}
