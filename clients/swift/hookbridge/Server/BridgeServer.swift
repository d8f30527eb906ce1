import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import UnixSignals

/// The HTTP server in front of the bridge. It speaks plain HTTP: TLS belongs to the proxy before it.
struct BridgeServer {
    /// Each may hold a body of up to `max_body` in memory.
    private static let connections = 64
    private static let idleTimeout = TimeAmount.seconds(60)

    let settings: BridgeSettings
    let agent: any Agent
    let logger: Logger

    /// Serves until SIGTERM or SIGINT; requests that have begun are answered first.
    func run() async throws {
        try await application().runService(gracefulShutdownSignals: [.sigterm, .sigint])
    }

    /// The server as a service that ends with its group, or when it is cancelled.
    ///
    /// - Parameter onListening: called with the port once it is bound.
    func application(onListening: @escaping @Sendable (Int) -> Void = { _ in }) -> Application<BridgeResponder> {
        Application(
            responder: BridgeResponder(
                bridge: Bridge(routes: settings.routes, agent: agent), maxBody: settings.maxBody),
            server: .http1(configuration: .init(idleTimeout: Self.idleTimeout)),
            configuration: .init(
                address: .hostname(settings.host, port: settings.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connections)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) },
            logger: logger)
    }
}
