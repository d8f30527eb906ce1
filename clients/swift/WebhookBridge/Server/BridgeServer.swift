import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import UnixSignals

/// The HTTP server of the bridge. It speaks plain HTTP: a proxy in front of it terminates TLS.
struct BridgeServer {
    /// The most connections at a time: each may hold a body of up to `max_body` in memory.
    private static let connections = 64
    private static let idleTimeout = TimeAmount.seconds(60)

    let settings: BridgeSettings
    let agent: any Agent
    let logger: Logger

    /// Serves until SIGTERM or SIGINT. Requests in progress are completed before it returns.
    func run() async throws {
        try await application().runService(gracefulShutdownSignals: [.sigterm, .sigint])
    }

    /// The server as a service, which ends with its service group or when its task is cancelled.
    ///
    /// - Parameter onListening: called with the port once the socket is bound.
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
