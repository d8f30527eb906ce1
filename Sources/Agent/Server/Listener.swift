import CPosix
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Wire

/// The agent's sockets. `run` returns after a graceful shutdown, when the sockets are closed and the socket files that
/// the agent created are removed.
struct Listener: Service {
    let agent: AgentState
    let dispatcher: Dispatcher
    let group: MultiThreadedEventLoopGroup

    /// A socket that listens, but is not served yet.
    struct Opened: Sendable {
        var role: SocketRole
        var descriptor: CInt
        /// To remove at the end; nil for a socket that the service manager passed.
        var file: SocketFile?
    }

    let sockets: [Opened]
    /// Called once, when the sockets are served.
    let onReady: @Sendable () -> Void

    /// Binds the sockets in the settings, or takes those that the service manager has bound. When one cannot be opened,
    /// no file of another stays.
    static func open(_ settings: SocketSettings) throws(AgentError) -> [Opened] {
        let given = try ServiceManager.takeSockets()
        var opened: [Opened] = []
        do throws(AgentError) {
            let endpoints: [(SocketRole, SocketSettings.Endpoint?)] = [
                (.admin, settings.admin), (.query, settings.query),
            ]
            for (role, endpoint) in endpoints {
                if let descriptor = given[role] {
                    opened.append(Opened(role: role, descriptor: descriptor, file: nil))
                } else if let endpoint {
                    let file = try SocketFile.listen(endpoint)
                    opened.append(Opened(role: role, descriptor: file.descriptor, file: file))
                }
            }
        } catch {
            for socket in opened {
                socket.file?.remove()
                close(socket.descriptor)
            }
            throw error
        }
        return opened
    }

    func run() async throws {
        var channels: [any Channel] = []
        for socket in sockets { channels.append(try await serve(socket)) }
        ServiceManager.notify("READY=1")
        agent.logger.info("ready", metadata: ["sockets": "\(sockets.compactMap(\.file?.path).joined(separator: ", "))"])
        onReady()
        try? await gracefulShutdown()
        ServiceManager.notify("STOPPING=1")
        for channel in channels { try? await channel.close() }
        for socket in sockets { socket.file?.remove() }
    }

    private func serve(_ socket: Opened) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .childChannelOption(ChannelOptions.autoRead, value: false)
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try accept(channel, socket.role) }
            }
            .withBoundSocket(socket.descriptor).get()
    }

    private func accept(_ channel: any Channel, _ role: SocketRole) throws {
        let credentials = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { descriptor in
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return Peer(descriptor)
        }
        guard case .some(.some(let peer)) = credentials else { throw ChannelError.operationUnsupported }
        let connections = agent.connections
        guard connections.enter(peer.uid, agent.settings.limits) else {
            try channel.pipeline.syncOperations.addHandler(ConnectionRefusal(dispatcher: dispatcher))
            return
        }
        channel.closeFuture.whenComplete { _ in connections.leave(peer.uid) }
        try channel.pipeline.syncOperations.addHandler(
            ConnectionHandler(
                peer: peer, socket: role, dispatcher: dispatcher, limits: agent.settings.limits,
                connections: connections))
    }
}

/// Responds `busy` to a connection beyond the limits, and closes it.
private final class ConnectionRefusal: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let dispatcher: Dispatcher

    init(dispatcher: Dispatcher) { self.dispatcher = dispatcher }

    func channelActive(context: ChannelHandlerContext) {
        let refusal = dispatcher.refusal(WireError(.busy, "the agent has reached its limit of connections"))
        let bytes = dispatcher.hello() + refusal.bytes
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes))).assumeIsolated()
            .whenComplete { _ in context.close(promise: nil) }
    }
}

extension Peer {
    /// The peer of a connected Unix socket; nil when the kernel does not identify it.
    init?(_ descriptor: CInt) {
        var pid: pid_t = 0
        var uid: uid_t = 0
        var gid: gid_t = 0
        guard unsafe schemad_peer_credentials(descriptor, &pid, &uid, &gid) == 0 else { return nil }
        var groups = [gid_t](repeating: 0, count: 256)
        let count = unsafe schemad_peer_groups(descriptor, &groups, CInt(groups.count))
        self.init(uid: uid, gid: gid, pid: pid, groups: Array(groups.prefix(max(0, Int(count)))))
    }
}
