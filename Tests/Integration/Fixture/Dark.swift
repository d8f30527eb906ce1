import Glibc
import Support
import Synchronization

/// Agents whose database cannot be reached: enough for what the protocol itself decides, without a server or Python.
enum Dark {
    /// Runs the body with an agent whose database refuses every connection.
    static func with<T>(
        limits: [String] = [], hasQuerySocket: Bool = true, starts: Bool = true,
        isolation: isolated (any Actor)? = #isolation, _ body: (AgentFixture) async throws -> T
    ) async throws -> T {
        try await AgentFixture.with(starts: starts) { folder in
            AgentFixture.Settings(
                // No server listens in a folder without a socket.
                url: "postgresql:///none?host=\(folder.path)", project: try SmallProject(in: folder).path,
                limits: limits, hasQuerySocket: hasQuerySocket)
        } body: { agent in
            try await body(agent)
        }
    }
}

/// A PostgreSQL socket at which nobody answers: whoever connects waits until it is closed.
final class SilentServer: Sendable {
    private let descriptor: Mutex<CInt>

    /// Listens in `folder`, which is then what `host=` says.
    init(in folder: TemporaryFolder) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = folder.path(".s.PGSQL.5432").utf8CString
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            path.withUnsafeBytes { target.copyMemory(from: $0) }
        }
        let socket = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        let status = withUnsafeBytes(of: address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                bind(socket, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0, listen(socket, 16) == 0 else { throw SupportError("The silent server cannot listen.") }
        descriptor = Mutex(socket)
    }

    deinit { close() }

    /// Waits until somebody has connected and waits for an answer.
    func reached() async throws {
        try await eventually("somebody has connected") {
            descriptor.withLock { descriptor in
                var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                return poll(&request, 1, 0) > 0
            }
        }
    }

    /// Everybody who waits is cut off, and nobody can connect any more.
    func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
        }
    }
}
