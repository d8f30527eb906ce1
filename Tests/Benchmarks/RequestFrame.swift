import FoundationEssentials
import Glibc
import KeyFiles
import Support
import Tokens

/// The bytes of a request frame of the wire protocol, with its token.
struct RequestFrame {
    let bytes: [UInt8]

    /// - Parameters:
    ///   - key: the path of a client's key file.
    ///   - audience: the agent's audience.
    init(_ command: String, key: String, audience: String) throws {
        let body = Array(#"{"id":"b1","command":"\#(command)","params":{}}"#.utf8)
        guard let file = FileManager.default.contents(atPath: key) else { throw SupportError("\(key) cannot be read.") }
        let record = try KeyRing.single(parsing: Array(file), scopes: ["read", "migrate"])
        let token = Token.mint(
            key: record, audience: audience, body: body, lifetime: 300, now: Int64(Date.now.timeIntervalSince1970))
        // PROTOCOL.md, "Frame": magic, type 2, flags, token length, body length, all big-endian.
        bytes =
            Array("SCD1".utf8) + [2, 0] + Self.bigEndian(UInt16(token.count)) + Self.bigEndian(UInt32(body.count))
            + token + body
    }

    /// The secret of a client's key file, in hexadecimal.
    static func secret(of key: String) throws -> String {
        let text = try String(contentsOfFile: key, encoding: .utf8)
        guard let start = text.firstRange(of: "sdk_")?.upperBound else { throw SupportError("\(key) has no secret.") }
        var encoded = text[start...].prefix { $0 != "\"" }.replacing("-", with: "+").replacing("_", with: "/")
        encoded += String(repeating: "=", count: (4 - encoded.count % 4) % 4)
        guard let bytes = Data(base64Encoded: String(encoded)) else { throw SupportError("\(key) has no secret.") }
        return bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Sends the request.
    ///
    /// - Returns: the server's second frame; the first one is its hello.
    func response(from path: String) throws -> [UInt8] {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0, SocketAddress.connect(descriptor, to: path) else {
            throw SupportError("cannot connect to \(path)")
        }
        defer { close(descriptor) }
        _ = try Self.frame(from: descriptor)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw SupportError("cannot write to \(path)")
        }
        return try Self.frame(from: descriptor)
    }

    private static func frame(from descriptor: Int32) throws -> [UInt8] {
        let header = try read(12, from: descriptor)
        let length = header[8..<12].reduce(0) { $0 << 8 | Int($1) }
        return header + (try read(length, from: descriptor))
    }

    private static func read(_ count: Int, from descriptor: Int32) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var part = [UInt8](repeating: 0, count: count - bytes.count)
            let got = Glibc.read(descriptor, &part, part.count)
            guard got > 0 else { throw SupportError("The server closed the connection.") }
            bytes += part.prefix(got)
        }
        return bytes
    }

    private static func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}

/// Addresses of Unix sockets.
enum SocketAddress {
    /// - Returns: whether a server listens at the path.
    static func connect(_ descriptor: Int32, to path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
