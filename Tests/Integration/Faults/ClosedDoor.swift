import Dispatch
import Glibc
import Support
import Synchronization

/// A PostgreSQL socket that closes each connection at once, and counts them.
final class ClosedDoor: Sendable {
    private let descriptor: CInt
    private let count = Mutex(0)

    /// Listens in `folder`, which is then what `host=` says.
    init(in folder: TemporaryFolder) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = folder.path(".s.PGSQL.5432").utf8CString
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            path.withUnsafeBytes { target.copyMemory(from: $0) }
        }
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        let status = withUnsafeBytes(of: address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                bind(descriptor, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0, listen(descriptor, 16) == 0 else { throw SupportError("The door cannot listen.") }
        DispatchQueue(label: "door").async { [weak self, descriptor] in
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

    /// How often somebody has connected.
    var knocks: Int { count.withLock(\.self) }
}
