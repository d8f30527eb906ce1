import Glibc
import Support
import Synchronization
import Tokens
import Wire

/// A connection to an agent at the level of frames, without the checks of `AgentClient`.
final class FrameConnection: Sendable {
    let stream: SocketStream
    let hello: Hello
    private let decoder: Mutex<FrameDecoder>

    private init(_ stream: SocketStream, _ hello: Hello, _ decoder: FrameDecoder) {
        self.stream = stream
        self.hello = hello
        self.decoder = Mutex(decoder)
    }

    /// Connects and reads the hello.
    static func open(_ path: String) async throws -> FrameConnection {
        let stream = try SocketStream(path: path)
        var decoder = FrameDecoder(reader: .client)
        while true {
            if let frame = try decoder.next() {
                return FrameConnection(stream, try Hello(parsing: frame.body), decoder)
            }
            let bytes = try await stream.receive()
            guard !bytes.isEmpty else { throw SupportError("the agent closed the connection before its hello") }
            decoder.append(bytes)
        }
    }

    /// The next frame; nil when the agent has closed the connection.
    func frame(deadline: Duration = .seconds(60)) async throws -> Frame? {
        while true {
            if let frame = try decoder.withLock({ try $0.next() }) { return frame }
            let bytes = try await stream.receive(deadline: deadline)
            guard !bytes.isEmpty else { return nil }
            decoder.withLock { $0.append(bytes) }
        }
    }

    /// The next response; events before it go to `onEvent`. Nil when the agent has closed the connection.
    func response(onEvent: (Event) async throws -> Void = { _ in }) async throws -> Response? {
        while let frame = try await frame() {
            guard frame.kind == .event else { return try Response(parsing: frame.body) }
            try await onEvent(try Event(parsing: frame.body))
        }
        return nil
    }

    /// Sends a request's body with a token for exactly these bytes.
    ///
    /// - Parameters:
    ///   - key: nil sends no token.
    ///   - now: the token's time; nil for the time of the agent's hello.
    func send(
        _ body: [UInt8], key: KeyRecord?, audience: String? = nil, lifetime: Int64 = 60, now: Int64? = nil
    ) async throws {
        let token = key.map {
            Token.mint(
                key: $0, audience: audience ?? hello.audience, body: body, lifetime: lifetime, now: now ?? hello.time)
        }
        try await stream.send(try Frame(.request, token: token ?? [], body: body).encoded())
    }
}

extension Response {
    /// The error's code; nil for a success.
    var refusal: ErrorCode? {
        if case .failure(let error) = outcome { error.code } else { nil }
    }
}
