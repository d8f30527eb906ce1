import Glibc
import Support
import Synchronization

/// One end of a connected socket. It polls, so that no call blocks a thread.
final class SocketStream: Sendable {
    private let descriptor: Mutex<CInt>

    private static let pause = Duration.milliseconds(3)

    /// Connects to a Unix socket.
    init(path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = path.utf8CString
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else {
            throw SupportError("\(path) is too long for a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            bytes.withUnsafeBytes { target.copyMemory(from: $0) }
        }
        descriptor = Mutex(
            try Self.connected(AF_UNIX, to: address, length: MemoryLayout<sockaddr_un>.size, name: path))
    }

    /// Connects to a port of 127.0.0.1.
    init(port: UInt16) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        descriptor = Mutex(
            try Self.connected(AF_INET, to: address, length: MemoryLayout<sockaddr_in>.size, name: "port \(port)"))
    }

    deinit { close() }

    private static func connected<Address>(
        _ family: CInt, to address: Address, length: Int, name: String
    ) throws -> CInt {
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        let status = withUnsafeBytes(of: address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { connect(descriptor, $0.baseAddress, socklen_t(length)) }
        }
        guard status == 0 else {
            let reason = String(cString: strerror(errno))
            Glibc.close(descriptor)
            throw SupportError("cannot connect to \(name): \(reason)")
        }
        return descriptor
    }

    /// Sends all bytes.
    func send(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        try await eventually("the peer reads the bytes", every: Self.pause) {
            while !rest.isEmpty {
                let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
                let count = descriptor.withLock { descriptor in
                    rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
                }
                if count < 0, errno == EAGAIN { return false }
                guard count >= 0 else { throw SupportError("cannot send: \(String(cString: strerror(errno)))") }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    /// The received bytes, at least one; empty at the end of the stream.
    func receive(deadline: Duration = .seconds(60)) async throws -> [UInt8] {
        var received: [UInt8] = []
        try await eventually("bytes arrive", deadline: deadline, every: Self.pause) {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = descriptor.withLock { recv($0, &buffer, buffer.count, CInt(MSG_DONTWAIT)) }
            if count < 0, errno == EAGAIN { return false }
            guard count >= 0 || errno == ECONNRESET else {
                throw SupportError("cannot receive: \(String(cString: strerror(errno)))")
            }
            received = Array(buffer.prefix(max(0, count)))
            return true
        }
        return received
    }

    /// All bytes until the end of the stream.
    func receiveAll() async throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let bytes = try await receive()
            guard !bytes.isEmpty else { return all }
            all += bytes
        }
    }

    /// Closes the sending side; receiving still works.
    func closeWriting() { _ = descriptor.withLock { shutdown($0, CInt(SHUT_WR)) } }

    func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
        }
    }
}
