import Wire

/// The answer to one request, as the frame that goes out.
struct Reply: Sendable {
    var frame: [UInt8]
    /// Whether it carries no id, since the request's envelope could not be read.
    var isAnonymous: Bool
}

/// A request that memory could not answer.
struct Work: Sendable {
    var requestID: String
    /// Answers the request; `emit` takes the frames of events, which may come until the answer is there.
    var run: @Sendable (_ emit: @escaping @Sendable ([UInt8]) -> Void) async -> Reply
}

/// The way of one request: frame, token, strict JSON, command, gate, command's own file. No step looks back.
struct Dispatcher: Sendable {
    enum Outcome {
        case reply(Reply)
        case work(Work)
    }

    private let agent: AgentState
    private let commands: [String: any RegisteredCommand]

    init(agent: AgentState, commands: [any RegisteredCommand]) {
        self.agent = agent
        self.commands = Dictionary(uniqueKeysWithValues: commands.map { ($0.name, $0) })
    }

    func beginAnswer() { agent.beginAnswer() }
    func endAnswer() { agent.endAnswer() }

    /// The frame that opens every connection.
    func hello() -> [UInt8] {
        frame(.hello) { () throws(WireError) in try agent.hello().encoded() }
    }

    /// Tells a slow reader that events are missing.
    func gap(_ requestID: String?) -> [UInt8] {
        frame(.event) { () throws(WireError) in Event(id: requestID, event: Event.Kind.gap).encoded() }
    }

    /// The answer to bytes that are no request.
    func refusal(_ error: WireError) -> Reply { reply(id: nil, .failure(error)) }

    /// Answers from memory where possible.
    func begin(_ frame: Frame, peer: Peer, door: Door) -> Outcome {
        do {
            let principal = try agent.gate.admit(frame, peer: peer, door: door)
            let request: Request
            do {
                request = try Request(parsing: frame.body)
            } catch {
                return .reply(reply(id: error.id, .failure(error.error)))
            }
            return begin(request, principal: principal, door: door)
        } catch {
            return .reply(refusal(error))
        }
    }

    private func begin(_ request: Request, principal: Principal, door: Door) -> Outcome {
        do throws(WireError) {
            guard let command = commands[request.command] else {
                throw WireError(
                    .unknownCommand,
                    "there is no command '\(request.command)'; there are \(commands.keys.sorted().joined(separator: ", "))"
                )
            }
            let isAboutOne = request.database != nil || command.needsDatabase
            let database = isAboutOne ? try agent.database(named: request.database) : nil
            try principal.authorize(command.scope, on: database?.name, by: door)
            let call = Call(
                request: request, principal: principal, database: database, agent: agent,
                deadline: .now + .milliseconds(request.deadlineMilliseconds ?? Limits.defaultDeadlineMilliseconds))
            switch try command.begin(call) {
            case .result(let result): return .reply(reply(id: request.id, .success(result)))
            case .work(let run):
                return .work(
                    Work(requestID: request.id) { emit in
                        reply(id: request.id, await run { event in emit(frame(.event, event)) })
                    })
            }
        } catch {
            return .reply(reply(id: request.id, .failure(error)))
        }
    }

    private func reply(id: String?, _ outcome: Result<[UInt8], WireError>) -> Reply {
        let outcome = outcome.mapError(agent.conceal)
        let frame = frame(.response, id: id) { () throws(WireError) in
            switch outcome {
            case .failure(let error): return Response.encoded(id: id, error: error)
            case .success(let result):
                let body = Response.encoded(id: id ?? "", result: result)
                guard body.count <= Limits.responseBytes else {
                    throw WireError(
                        .tooLarge,
                        "the answer has \(body.count) bytes, more than the \(Limits.responseBytes) of a frame")
                }
                return body
            }
        }
        return Reply(frame: frame, isAnonymous: id == nil)
    }

    private func frame(_ kind: Frame.Kind, _ event: Event) -> [UInt8] {
        frame(kind) { () throws(WireError) in event.encoded() }
    }

    /// Frames a body; one that cannot be sent becomes an error in its place.
    private func frame(
        _ kind: Frame.Kind, id: String? = nil, _ body: () throws(WireError) -> [UInt8]
    ) -> [UInt8] {
        do {
            return try Frame(kind, body: try body()).encoded()
        } catch {
            let short = WireError(error.code, String(error.message.prefix(1000)))
            return (try? Frame(.response, body: Response.encoded(id: id, error: short)).encoded()) ?? []
        }
    }
}
