import Dispatch
import Glibc
import Support
import Synchronization

/// A PostgreSQL socket that accepts connections and never responds: clients wait until the server is closed.
final class SilentServer: Sendable {
    private let descriptor: Mutex<CInt>

    /// - Parameter folder: the folder of the socket, for `host=` of a URL.
    init(in folder: TemporaryFolder) throws {
        descriptor = Mutex(try listeningSocket(in: folder))
    }

    deinit { close() }

    /// Waits until a client has connected.
    func reached() async throws {
        try await eventually("a client has connected") {
            descriptor.withLock { descriptor in
                var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                return poll(&request, 1, 0) > 0
            }
        }
    }

    /// Disconnects the clients and refuses new ones.
    func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
        }
    }
}

/// A PostgreSQL socket that closes each connection at once and counts them.
final class RefusingServer: Sendable {
    private let descriptor: CInt
    private let count = Mutex(0)

    /// - Parameter folder: the folder of the socket, for `host=` of a URL.
    init(in folder: TemporaryFolder) throws {
        descriptor = try listeningSocket(in: folder)
        DispatchQueue(label: "refusing server").async { [weak self, descriptor] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                Glibc.close(client)
                self?.count.withLock { $0 += 1 }
            }
        }
    }

    deinit {
        shutdown(descriptor, CInt(SHUT_RDWR))
        Glibc.close(descriptor)
    }

    /// The number of connections so far.
    var connectionCount: Int { count.withLock(\.self) }
}

/// A listening socket with the name that libpq expects in the folder.
private func listeningSocket(in folder: TemporaryFolder) throws -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = folder.path(".s.PGSQL.5432").utf8CString
    withUnsafeMutableBytes(of: &address.sun_path) { target in
        path.withUnsafeBytes { target.copyMemory(from: $0) }
    }
    let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    let status = withUnsafeBytes(of: address) { bytes in
        bytes.withMemoryRebound(to: sockaddr.self) {
            bind(descriptor, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
    guard status == 0, listen(descriptor, 16) == 0 else {
        Glibc.close(descriptor)
        throw SupportError("The fake PostgreSQL server cannot listen in \(folder.path).")
    }
    return descriptor
}
