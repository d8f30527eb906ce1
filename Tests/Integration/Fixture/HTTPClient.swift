import Support
import Wire

/// A minimal HTTP client: one request on each connection.
enum HTTPClient {
    struct Response: Sendable {
        var status: Int
        /// Names in lowercase.
        var headers: [String: String]
        var body: String

        /// The body as JSON.
        func json() throws -> JSON { try JSON.parse(Array(body.utf8)) }
    }

    static func send(
        _ method: String, _ path: String, port: UInt16, headers: [String: String] = [:], body: [UInt8] = []
    ) async throws -> Response {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
        if !body.isEmpty || method == "POST" { lines.append("Content-Length: \(body.count)") }
        lines += headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let stream = try SocketStream(port: port)
        try await stream.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
        return try parse(String(decoding: try await stream.receiveAll(), as: UTF8.self))
    }

    private static func parse(_ text: String) throws -> Response {
        guard let end = text.firstRange(of: "\r\n\r\n") else { throw SupportError("No HTTP response: \(text)") }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw SupportError("No HTTP status: \(text)")
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        return Response(status: status, headers: headers, body: String(text[end.upperBound...]))
    }

    /// The port after `prefix` in a server's output.
    static func port(in text: String, after prefix: String) -> UInt16? {
        guard let found = text.firstRange(of: prefix) else { return nil }
        return UInt16(text[found.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }
}
