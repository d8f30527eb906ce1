import Wire

/// The response to one request, as the frame to write.
struct ResponseFrame: Sendable {
    var bytes: [UInt8]
    /// Whether it carries no id, because the request's envelope could not be read.
    var isAnonymous: Bool
}

/// A request whose result is not in memory.
struct RequestTask: Sendable {
    var requestID: String
    /// Whether its result, which may be large, is computed at once and changes nothing: a client may send it again.
    var canRepeat: Bool
    /// Makes the response; `emit` receives the frames of events, which precede it.
    var run: @Sendable (_ emit: @escaping @Sendable ([UInt8]) -> Void) async -> ResponseFrame
}

/// The path of one request: frame, token, strict JSON, command, gate, command's own file. No step returns to an earlier
/// one.
struct Dispatcher: Sendable {
    enum Outcome {
        case response(ResponseFrame)
        case task(RequestTask)
    }

    private let agent: AgentState
    private let commands: [String: any RegisteredCommand]

    init(agent: AgentState, commands: [any RegisteredCommand]) {
        self.agent = agent
        self.commands = Dictionary(uniqueKeysWithValues: commands.map { ($0.name, $0) })
    }

    func requestBegan() { agent.requestBegan() }
    func requestEnded() { agent.requestEnded() }

    /// The first frame of every connection.
    func hello() -> [UInt8] {
        frame(.hello) { () throws(WireError) in try agent.hello().encoded() }
    }

    /// The event that tells a slow reader that events were dropped.
    func gap(_ requestID: String?) -> [UInt8] {
        frame(.event) { () throws(WireError) in Event(id: requestID, event: Event.Kind.gap).encoded() }
    }

    /// The response in place of one that cannot wait until the client has read the earlier ones.
    func dropped(_ requestID: String?) -> ResponseFrame {
        response(
            id: requestID,
            .failure(
                WireError(
                    .busy,
                    "the result was dropped, because too many earlier responses have not been read; read them, and "
                        + "send this request again")))
    }

    /// The response to bytes that are not a request.
    func refusal(_ error: WireError) -> ResponseFrame { response(id: nil, .failure(error)) }

    /// Responds from memory where possible.
    func begin(_ frame: Frame, peer: Peer, socket: SocketRole) -> Outcome {
        let principal: Principal
        do {
            principal = try agent.gate.admit(frame, peer: peer, role: socket)
        } catch {
            return .response(refusal(error))
        }
        do {
            return begin(try Request(parsing: frame.body), principal, socket)
        } catch {
            return .response(response(id: error.id, .failure(error.error)))
        }
    }

    private func begin(_ request: consuming Request, _ principal: consuming Principal, _ socket: SocketRole) -> Outcome
    {
        var call = Call(request: request, principal: principal, agent: agent)
        do throws(WireError) {
            let name = call.request.command
            guard let command = commands[name] else {
                throw WireError(
                    .unknownCommand,
                    "there is no command '\(name)'; there are \(commands.keys.sorted().joined(separator: ", "))")
            }
            // Before the name is looked up: the refusal is the same whether the database exists or not.
            try call.principal.authorize(command.scope, database: call.request.database, socket: socket)
            if call.request.database != nil || command.needsDatabase {
                call.database = try agent.database(named: call.request.database, for: call.principal)
            }
            switch try command.begin(call) {
            case .cached(let cached):
                let frame = try Response.frame(id: call.request.id, length: cached.result.count) { bytes in
                    cached.result.append(to: &bytes, ageMs: cached.ageMs)
                }
                return .response(ResponseFrame(bytes: frame, isAnonymous: false))
            case .task(let run):
                return .task(
                    RequestTask(
                        requestID: call.request.id,
                        canRepeat: [.read, .plan].contains(command.scope) && name != Watch.name
                    ) { [id = call.request.id] emit in
                        response(id: id, await run { event in emit(frame(.event, event)) })
                    })
            }
        } catch {
            return .response(response(id: call.request.id, .failure(error)))
        }
    }

    private func response(id: String?, _ outcome: Result<[UInt8], WireError>) -> ResponseFrame {
        do throws(WireError) {
            let result = try outcome.get()
            let frame = try Response.frame(id: id ?? "", length: result.count) { $0 += result }
            return ResponseFrame(bytes: frame, isAnonymous: id == nil)
        } catch {
            return ResponseFrame(bytes: failure(id: id, error.concealed(agent.logger)), isAnonymous: id == nil)
        }
    }

    /// Frames a failure; one that is too large is shortened.
    private func failure(id: String?, _ error: WireError) -> [UInt8] {
        let short = WireError(error.code, String(String.UnicodeScalarView(error.message.unicodeScalars.prefix(1000))))
        let bodies = [error, short].lazy.map { Response.encoded(id: id, error: $0) }
        return bodies.compactMap { try? Frame(.response, body: $0).encoded() }.first ?? []
    }

    private func frame(_ kind: Frame.Kind, _ event: Event) -> [UInt8] {
        frame(kind) { () throws(WireError) in event.encoded() }
    }

    /// Frames a body; one that cannot be framed is replaced by an error.
    private func frame(_ kind: Frame.Kind, _ body: () throws(WireError) -> [UInt8]) -> [UInt8] {
        do {
            return try Frame(kind, body: try body()).encoded()
        } catch {
            return failure(id: nil, error)
        }
    }
}
