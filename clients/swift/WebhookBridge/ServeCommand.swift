import ArgumentParser
import Glibc
import Logging
import Settings
import Wire

/// `hookbridge serve --config FILE`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the routes of a settings file until SIGTERM or SIGINT.",
        discussion: """
            EXAMPLE
              hookbridge serve --config /etc/hookbridge/hookbridge.toml

            EXIT STATUS
              0 stopped by SIGTERM or SIGINT, or the settings are valid (--check);
              69 cannot listen on the address; 78 invalid settings or key file
            """)

    @Option(help: ArgumentHelp("The settings file.", valueName: "file"), completion: .file())
    var config: String

    @Flag(help: "Check the settings and every file they name, then exit.")
    var check = false

    func run() async throws {
        let logger = Logger(label: "hookbridge") { StreamLogHandler.standardError(label: $0) }
        let settings: BridgeSettings
        let agent: AgentSocket
        do {
            settings = try BridgeSettings.read(path: config)
            agent = try AgentSocket(settings, logger: logger)
        } catch {
            report("\(error)")
            throw ExitCode(EX_CONFIG)
        }
        guard !check else {
            print("\(config): valid; \(settings.routes.count) route\(settings.routes.count == 1 ? "" : "s")")
            return
        }
        do {
            try await BridgeServer(settings: settings, agent: agent, logger: logger).run()
        } catch {
            report("cannot listen on \(settings.host):\(settings.port): \(error)")
            throw ExitCode(EX_UNAVAILABLE)
        }
    }

    private func report(_ line: String) {
        let bytes = Array("hookbridge: \(line)\n".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
