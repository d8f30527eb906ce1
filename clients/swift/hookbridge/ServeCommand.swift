import ArgumentParser
import Glibc
import Logging
import Settings
import Wire

/// `hookbridge serve --config FILE`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves the routes of a settings file until it is told to end.",
        discussion: """
            EXAMPLE
              hookbridge serve --config /etc/hookbridge/hookbridge.toml

            EXIT STATUS
              0 ended by SIGTERM or SIGINT, 69 cannot listen, 78 the settings or the key cannot be used
            """)

    @Option(help: "The settings file.")
    var config: String

    @Flag(help: "Read the settings and every file they name, say whether they are good, and end.")
    var check = false

    func run() async throws {
        let logger = Logger(label: "hookbridge") { StreamLogHandler.standardError(label: $0) }
        let settings: BridgeSettings
        let agent: AgentSocket
        do {
            settings = try BridgeSettings.read(path: config)
            agent = try AgentSocket(settings, logger: logger)
        } catch {
            complain("\(error)")
            throw ExitCode(EX_CONFIG)
        }
        guard !check else {
            print("\(config): good; \(settings.routes.count) route\(settings.routes.count == 1 ? "" : "s")")
            return
        }
        do {
            try await BridgeServer(settings: settings, agent: agent, logger: logger).run()
        } catch {
            complain("cannot serve on \(settings.host):\(settings.port): \(error)")
            throw ExitCode(EX_UNAVAILABLE)
        }
    }

    private func complain(_ line: String) {
        let bytes = Array("hookbridge: \(line)\n".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
