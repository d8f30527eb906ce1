import Glibc
import Tokens
public import Wire

/// One connection to an agent, synchronous: a request, its events, its answer, then the next request.
///
/// Blocks the calling thread; a server uses one on a thread of its own.
public final class AgentConnection {
    private let endpoint: AgentEndpoint
    private let transport: Transport
    private var decoder = FrameDecoder(reader: .client)
    private var requests = 0
    private let greeted: ContinuousClock.Instant

    /// What the agent said of itself.
    public let hello: Hello

    /// Connects, checks who is there, and reads the hello. Nothing is sent.
    ///
    /// - Throws: `cannotConnect`, `permissionDenied`, `wrongPeer`, `timeout`, `agentClosed`, `protocolViolation`, or
    ///   what the agent says instead of a hello.
    public init(_ endpoint: AgentEndpoint) throws(ClientError) {
        let deadline = ContinuousClock.now + endpoint.connectTimeout
        let user: UInt32
        do {
            transport = try Transport(path: endpoint.socket, deadline: deadline)
            user = try transport.peerUser()
        } catch {
            throw Self.connectError(error, endpoint)
        }
        guard endpoint.accepts(peer: user) else {
            throw .wrongPeer(socket: endpoint.socket, uid: user, expected: endpoint.agentUser)
        }
        self.endpoint = endpoint
        let frame = try Self.nextFrame(
            transport, &decoder, endpoint, deadline: deadline, waitingFor: "its hello",
            seconds: endpoint.connectTimeout.components.seconds)
        greeted = .now
        hello = try Self.greeting(frame, endpoint)
    }

    private static func greeting(_ frame: Frame, _ endpoint: AgentEndpoint) throws(ClientError) -> Hello {
        do {
            switch frame.kind {
            case .hello:
                return try Hello(parsing: frame.body)
            case .response:
                // A full or ending agent says so instead.
                if case .failure(let error) = try Response(parsing: frame.body).outcome {
                    throw ClientError.agent(error)
                }
            case .event, .request:
                break
            }
        } catch let error as ClientError {
            throw error
        } catch let error as WireError {
            throw .protocolViolation(socket: endpoint.socket, reason: error.message)
        } catch {
            throw .protocolViolation(socket: endpoint.socket, reason: "\(error)")
        }
        throw .protocolViolation(socket: endpoint.socket, reason: "it did not begin with a hello")
    }

    /// An answer, as the command's type and as it came.
    public struct Answer<Value: Sendable>: Sendable {
        public let value: Value
        public let json: JSON
    }

    /// Sends one request of the table and waits for its answer.
    ///
    /// - Parameters:
    ///   - deadline: of the queueing, sent along; nil leaves it to the agent.
    ///   - patience: how long to wait for the answer; nil waits until the agent answers or ends.
    ///   - onEvent: called for each event before the answer; events are asked for only when it is given.
    /// - Throws: `agent` with the agent's error, or what happened to the connection.
    public func call<C: Command>(
        _ command: C.Type, _ parameters: C.Parameters, database: String? = nil, idempotencyKey: String? = nil,
        deadline: Duration? = nil, reason: String? = nil, patience: Duration? = .seconds(60),
        onEvent: ((Event) -> Void)? = nil
    ) throws(ClientError) -> Answer<C.Result> {
        requests += 1
        let request: Request
        do {
            request = try Request(
                id: "c\(requests)", command, parameters, database: database, idempotencyKey: idempotencyKey,
                deadlineMilliseconds: deadline.map { max(1, $0.milliseconds) }, stream: onEvent != nil, reason: reason)
        } catch {
            throw .agent(error)
        }
        let json = try answer(to: request, patience: patience, onEvent: onEvent)
        do {
            return Answer(value: try WireCoding.decode(C.Result.self, from: json), json: json)
        } catch {
            throw .protocolViolation(socket: endpoint.socket, reason: error.message)
        }
    }

    /// As ``call(_:_:database:idempotencyKey:deadline:reason:patience:onEvent:)``, and all further pages.
    public func callAll<C: PagedCommand>(
        _ command: C.Type, _ parameters: C.Parameters, database: String? = nil
    ) throws(ClientError) -> Answer<C.Result> {
        let first = try call(command, parameters, database: database)
        var whole = first.value
        var pages = 1
        while let next = C.parameters(after: whole, of: parameters) {
            whole = C.appending(try call(command, next, database: database).value, to: whole)
            pages += 1
        }
        guard pages > 1 else { return first }
        do {
            return Answer(value: whole, json: try JSON(encoding: whole))
        } catch {
            throw .protocolViolation(socket: endpoint.socket, reason: error.message)
        }
    }

    private func answer(
        to request: Request, patience: Duration?, onEvent: ((Event) -> Void)?
    ) throws(ClientError) -> JSON {
        let deadline = patience.map { ContinuousClock.now + $0 }
        try send(request, patience, deadline: deadline)
        while true {
            let frame = try Self.nextFrame(
                transport, &decoder, endpoint, deadline: deadline,
                waitingFor: "an answer to \(request.command) (a recorded job goes on: adminctl jobs)",
                seconds: patience?.components.seconds ?? 0)
            do {
                switch frame.kind {
                case .event:
                    let event = try Event(parsing: frame.body)
                    if event.id == nil || event.id == request.id { onEvent?(event) }
                case .response:
                    let response = try Response(parsing: frame.body)
                    // An answer without id is to what could not be read: there is one request only, so it is this one.
                    guard response.id == nil || response.id == request.id else { continue }
                    switch response.outcome {
                    case .success(let result): return result
                    case .failure(let error): throw ClientError.agent(error)
                    }
                case .hello, .request:
                    throw WireError(.badFrame, "a second hello came")
                }
            } catch let error as ClientError {
                throw error
            } catch let error as WireError {
                throw .protocolViolation(socket: endpoint.socket, reason: error.message)
            } catch {
                throw .protocolViolation(socket: endpoint.socket, reason: "\(error)")
            }
        }
    }

    private func send(
        _ request: Request, _ patience: Duration?, deadline: ContinuousClock.Instant?
    ) throws(ClientError) {
        let body = request.encoded()
        var token: [UInt8] = []
        if let key = endpoint.key {
            // The agent's clock, carried on by ours: a client's wrong clock does not matter.
            let now = hello.time + (ContinuousClock.now - greeted).components.seconds
            token = Token.mint(key: key, audience: hello.audience, body: body, now: now)
        }
        let frame: [UInt8]
        do {
            frame = try Frame(.request, token: token, body: body).encoded()
        } catch {
            throw .agent(error)
        }
        do {
            try transport.write(frame, deadline: deadline)
        } catch .system(EPIPE) {
            // It may have said why before it closed; reading comes next.
        } catch .timeout {
            throw .timeout(
                socket: endpoint.socket, waitingFor: "any sign that it reads",
                seconds: patience?.components.seconds ?? 0)
        } catch {
            throw .agentClosed(socket: endpoint.socket)
        }
    }

    private static func nextFrame(
        _ transport: borrowing Transport, _ decoder: inout FrameDecoder, _ endpoint: AgentEndpoint,
        deadline: ContinuousClock.Instant?, waitingFor what: String, seconds: Int64
    ) throws(ClientError) -> Frame {
        while true {
            do {
                if let frame = try decoder.next() { return frame }
            } catch {
                throw .protocolViolation(socket: endpoint.socket, reason: error.message)
            }
            do {
                let bytes = try transport.read(deadline: deadline)
                guard !bytes.isEmpty else { throw ClientError.agentClosed(socket: endpoint.socket) }
                decoder.append(bytes)
            } catch let error as ClientError {
                throw error
            } catch Transport.Failure.timeout {
                throw .timeout(socket: endpoint.socket, waitingFor: what, seconds: seconds)
            } catch {
                throw .agentClosed(socket: endpoint.socket)
            }
        }
    }

    private static func connectError(_ failure: Transport.Failure, _ endpoint: AgentEndpoint) -> ClientError {
        switch failure {
        case .timeout:
            .timeout(
                socket: endpoint.socket, waitingFor: "anything, since its queue is full,",
                seconds: endpoint.connectTimeout.components.seconds)
        case .system(EACCES), .system(EPERM): .permissionDenied(socket: endpoint.socket)
        case .system(ENOENT): .cannotConnect(socket: endpoint.socket, reason: "there is no such socket")
        case .system(ECONNREFUSED): .cannotConnect(socket: endpoint.socket, reason: "nothing listens there")
        case .system(ENAMETOOLONG):
            .cannotConnect(socket: endpoint.socket, reason: "the path of a socket has 1 to 107 bytes")
        case .system(let number):
            .cannotConnect(socket: endpoint.socket, reason: SystemError.text(number))
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
