import Dispatch
import Glibc
import Support
import Synchronization

/// A proxy between a client and a server that behaves like a pooler: it forwards all bytes, but announces a process id of
/// its own instead of the backend's.
final class Pooler: Sendable {
    private let listener: CInt

    /// - Throws: when the socket `.s.PGSQL.5432` cannot be created in the folder.
    init(listeningIn folder: String, forwardingTo server: String) throws {
        listener = try listeningSocket(folder + "/.s.PGSQL.5432")
        DispatchQueue(label: "pooler").async { [listener] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                let backend = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
                let connected = withSocketAddress(server) { connect(backend, $0, $1) }
                guard connected == 0 else { return }
                DispatchQueue(label: "pooler.requests").async {
                    Self.forward(client, backend) { $0 }
                }
                DispatchQueue(label: "pooler.replies").async {
                    var rewriter = BackendKeyRewriter()
                    Self.forward(backend, client) { rewriter.apply(to: $0) }
                    Glibc.close(client)
                    Glibc.close(backend)
                }
            }
        }
    }

    func close() {
        shutdown(listener, CInt(SHUT_RDWR))
        Glibc.close(listener)
    }

    /// Copies bytes until either end is closed, and then shuts both down.
    private static func forward(_ from: CInt, _ to: CInt, _ change: ([UInt8]) -> [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(from, &buffer, buffer.count)
            guard count > 0 else { break }
            var rest = change(Array(buffer[..<count]))[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes { send(to, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
                guard sent > 0 else { break }
                rest = rest.dropFirst(sent)
            }
        }
        shutdown(to, CInt(SHUT_RDWR))
        shutdown(from, CInt(SHUT_RDWR))
    }

    /// Changes the process id in the server's BackendKeyData ('K', length 12, pid, secret), which comes before the first
    /// ReadyForQuery.
    private struct BackendKeyRewriter {
        private var held: [UInt8] = []
        private var isOver = false

        mutating func apply(to bytes: [UInt8]) -> [UInt8] {
            if isOver { return bytes }
            held += bytes
            var out: [UInt8] = []
            while held.count >= 5 {
                let length = held[1...4].reduce(0) { $0 << 8 | Int($1) } + 1
                guard held.count >= length else { break }
                var message = Array(held[..<length])
                held.removeFirst(length)
                if message[0] == UInt8(ascii: "K") { message[8] ^= 0x5A }
                out += message
                if message[0] == UInt8(ascii: "Z") {
                    isOver = true
                    out += held
                    return out
                }
            }
            return out
        }
    }
}

/// Opens a listening Unix socket at a path.
func listeningSocket(_ path: String) throws -> CInt {
    let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard withSocketAddress(path, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 8) == 0 else {
        throw SupportError("No listener at \(path).")
    }
    return descriptor
}

private func withSocketAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { space in
        space.copyBytes(from: path.utf8.prefix(space.count - 1))
    }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
