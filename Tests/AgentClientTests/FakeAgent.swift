import CPosix
import Dispatch
import Glibc
import Support
import Testing
import Wire

/// A fake agent on a socket of its own; a script specifies what it sends.
final class FakeAgent: Sendable {
    /// Reads requests and sends bytes on one connection, which closes when the script returns.
    typealias Script = @Sendable (Peer) throws -> Void

    let socket: String
    private let descriptor: Int32

    /// Runs `body` while a fake agent with this script listens.
    static func serving(_ script: @escaping Script, to body: (FakeAgent) throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let agent = try FakeAgent(folder.path("a.sock"), script)
            try body(agent)
        }
    }

    private init(_ path: String, _ script: @escaping Script) throws {
        socket = path
        let listener = schemad_unix_listen(path, 0o600, 8)
        try #require(listener >= 0)
        descriptor = listener
        // With its own queue it has its own thread; on the shared pool fake agents would block each other.
        DispatchQueue(label: "fake agent").async {
            // Closed by the thread that uses it: otherwise another test could reuse the descriptor's number.
            defer { close(listener) }
            var request = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            while poll(&request, 1, -1) > 0, request.revents == Int16(POLLIN) {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                // An error of the script shows in what the client receives.
                try? script(Peer(connection))
                close(connection)
            }
        }
    }

    deinit {
        // Wakes the thread, which then ends.
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    static let hello = Hello(agent: "0.1.0", audience: "orders-db", time: 1_000_000, state: .ready)
}

/// The agent's end of one connection.
final class Peer {
    private let descriptor: Int32
    private var decoder = FrameDecoder(reader: .server)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Array(rest).withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    func hello(_ hello: Hello = FakeAgent.hello) throws { send(try Frame(.hello, body: hello.encoded()).encoded()) }

    func answer(_ id: String?, _ result: JSON) throws {
        send(try Response.frame(id: id ?? "", length: 0) { $0 += result.encoded() })
    }

    func refuse(_ id: String?, _ error: WireError) throws {
        send(try Frame(.response, body: Response.encoded(id: id, error: error)).encoded())
    }

    func event(_ event: Event) throws { send(try Frame(.event, body: event.encoded()).encoded()) }

    /// The next request and its frame; nil when the client has closed the connection.
    func next() throws -> (request: Request, frame: Frame)? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let frame = try decoder.next() { return (try Request(parsing: frame.body), frame) }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            decoder.append(Array(buffer[..<count]))
        }
    }
}
