import Glibc
import Tokens
public import Wire

/// One connection to an agent, synchronous: a request, its events, its response, then the next request.
///
/// It blocks the calling thread; a server uses it on a thread of its own.
public final class AgentConnection {
    private let endpoint: AgentEndpoint
    private let transport: Transport
    private var decoder = FrameDecoder(reader: .client)
    private var requests = 0
    private let greeted: ContinuousClock.Instant

    /// The agent's first message.
    public let hello: Hello

    /// Connects, checks which user serves the socket, and reads the hello. Nothing is sent.
    ///
    /// - Throws: `cannotConnect`, `permissionDenied`, `wrongPeer`, `timeout`, `agentClosed`, `protocolViolation`, or
    ///   the error that the agent sends in place of a hello.
    public init(_ endpoint: AgentEndpoint) throws(AgentClientError) {
        let time = TimeLimit(endpoint.connectTimeout)
        transport = try Transport(path: endpoint.socket, time)
        let user = try transport.peerUser()
        guard endpoint.accepts(peer: user) else {
            throw .wrongPeer(socket: endpoint.socket, uid: user, expected: endpoint.agentUser)
        }
        self.endpoint = endpoint
        let frame = try Self.nextFrame(transport, &decoder, endpoint, time, action: "send its hello")
        greeted = .now
        hello = try Self.greeting(frame, endpoint)
    }

    private static func greeting(_ frame: Frame, _ endpoint: AgentEndpoint) throws(AgentClientError) -> Hello {
        switch frame.kind {
        case .hello:
            return try parsed(endpoint) { () throws(WireError) in try Hello(parsing: frame.body) }
        case .response:
            // An agent that is full or stopping sends an error instead.
            let response = try parsed(endpoint) { () throws(WireError) in try Response(parsing: frame.body) }
            if case .failure(let error) = response.outcome { throw .agent(error) }
        case .event, .request:
            break
        }
        throw .protocolViolation(socket: endpoint.socket, reason: "the first frame is not a hello")
    }

    /// The result of a command, as its type and as the JSON that arrived.
    public struct Answer<Value: Sendable>: Sendable {
        public let value: Value
        public let json: JSON
    }

    /// Sends one request and waits for its response.
    ///
    /// - Parameters:
    ///   - deadline: the request's `deadlineMs`. Nil leaves it to the agent for a mutation, whose job continues without
    ///     the caller; for a read it is somewhat less than `patience`, so that the agent responds in time.
    ///   - patience: how long to wait for the response; nil waits until the agent responds or closes the connection.
    ///   - onEvent: called for each event before the response; events are requested only when it is given.
    /// - Throws: `agent` with the agent's error, or what happened to the connection.
    public func call<C: Command>(
        _ command: C.Type, _ parameters: C.Parameters, database: String? = nil, idempotencyKey: String? = nil,
        deadline: Duration? = nil, reason: String? = nil, patience: Duration? = .seconds(60),
        onEvent: ((Event) -> Void)? = nil
    ) throws(AgentClientError) -> Answer<C.Result> {
        requests += 1
        let deadline = deadline ?? (C.mutates(parameters) ? nil : patience.map(Self.deadline))
        let request: Request
        do {
            request = try Request(
                id: "c\(requests)", command, parameters, database: database, idempotencyKey: idempotencyKey,
                deadlineMilliseconds: deadline.map { min(max(1, $0.milliseconds), Limits.longestDeadlineMilliseconds) },
                stream: onEvent != nil, reason: reason)
        } catch {
            throw .agent(error)
        }
        let json = try result(of: request, TimeLimit(patience), isMutation: C.mutates(parameters), onEvent: onEvent)
        let value = try Self.parsed(endpoint) { () throws(WireError) in
            try WireCoding.decode(C.Result.self, from: json)
        }
        return Answer(value: value, json: json)
    }

    /// The deadline of a read whose caller waits for `patience`: a tenth less, at least 100 ms, at most half.
    static func deadline(within patience: Duration) -> Duration {
        patience - min(max(patience / 10, .milliseconds(100)), patience / 2)
    }

    /// As ``call(_:_:database:idempotencyKey:deadline:reason:patience:onEvent:)``, with all further pages.
    public func callAll<C: PagedCommand>(
        _ command: C.Type, _ parameters: C.Parameters, database: String? = nil
    ) throws(AgentClientError) -> Answer<C.Result> {
        let first = try call(command, parameters, database: database)
        var whole = first.value
        var pages = 1
        while let next = C.parameters(after: whole, of: parameters) {
            whole = C.appending(try call(command, next, database: database).value, to: whole)
            pages += 1
        }
        guard pages > 1 else { return first }
        let joined = whole
        let json = try Self.parsed(endpoint) { () throws(WireError) in try JSON(encoding: joined) }
        return Answer(value: whole, json: json)
    }

    private func result(
        of request: Request, _ time: TimeLimit, isMutation: Bool, onEvent: ((Event) -> Void)?
    ) throws(AgentClientError) -> JSON {
        try send(request, time)
        let action = "respond to \(request.command)\(isMutation ? " (a recorded job continues: adminctl jobs)" : "")"
        while true {
            let frame = try Self.nextFrame(transport, &decoder, endpoint, time, action: action)
            switch frame.kind {
            case .event:
                let event = try Self.parsed(endpoint) { () throws(WireError) in try Event(parsing: frame.body) }
                if event.id == nil || event.id == request.id { onEvent?(event) }
            case .response:
                let response = try Self.parsed(endpoint) { () throws(WireError) in try Response(parsing: frame.body) }
                // A response without id is to a request that the agent could not read: the only one is this.
                guard response.id == nil || response.id == request.id else { continue }
                switch response.outcome {
                case .success(let result): return result
                case .failure(let error): throw .agent(error)
                }
            case .hello, .request:
                throw .protocolViolation(socket: endpoint.socket, reason: "it sent a second hello")
            }
        }
    }

    private func send(_ request: Request, _ time: TimeLimit) throws(AgentClientError) {
        let body = request.encoded()
        var token: [UInt8] = []
        if let key = endpoint.key {
            // The agent's clock, advanced by ours: a wrong clock on the client's side does not matter.
            let now = hello.time + (ContinuousClock.now - greeted).components.seconds
            token = Token.mint(key: key, audience: hello.audience, body: body, now: now)
        }
        let frame: [UInt8]
        do {
            frame = try Frame(.request, token: token, body: body).encoded()
        } catch {
            throw .agent(error)
        }
        try transport.write(frame, time)
    }

    private static func nextFrame(
        _ transport: borrowing Transport, _ decoder: inout FrameDecoder, _ endpoint: AgentEndpoint, _ time: TimeLimit,
        action: String
    ) throws(AgentClientError) -> Frame {
        while true {
            do {
                if let frame = try decoder.next() { return frame }
            } catch {
                throw .protocolViolation(socket: endpoint.socket, reason: error.message)
            }
            decoder.append(try transport.read(time, action: action))
        }
    }

    /// The value of `parse`; what it throws is a violation of the protocol.
    private static func parsed<Value>(
        _ endpoint: AgentEndpoint, _ parse: () throws(WireError) -> Value
    ) throws(AgentClientError) -> Value {
        do {
            return try parse()
        } catch {
            throw .protocolViolation(socket: endpoint.socket, reason: error.message)
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
