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
        let principal: Principal
        do {
            principal = try agent.gate.admit(frame, peer: peer, door: door)
        } catch {
            return .reply(refusal(error))
        }
        do {
            return begin(try Request(parsing: frame.body), principal, door)
        } catch {
            return .reply(reply(id: error.id, .failure(error.error)))
        }
    }

    private func begin(_ request: consuming Request, _ principal: consuming Principal, _ door: Door) -> Outcome {
        var call = Call(request: request, principal: principal, agent: agent)
        do throws(WireError) {
            let name = call.request.command
            guard let command = commands[name] else {
                throw WireError(
                    .unknownCommand,
                    "there is no command '\(name)'; there are \(commands.keys.sorted().joined(separator: ", "))")
            }
            if call.request.database != nil || command.needsDatabase {
                call.database = try agent.database(named: call.request.database)
            }
            try call.principal.authorize(command.scope, on: call.database?.name, by: door)
            switch try command.begin(call) {
            case .recalled(let recalled):
                let frame = try Response.frame(id: call.request.id, length: recalled.answer.count) { bytes in
                    recalled.answer.append(to: &bytes, ageMs: recalled.ageMs)
                }
                return .reply(Reply(frame: frame, isAnonymous: false))
            case .work(let run):
                return .work(
                    Work(requestID: call.request.id) { [id = call.request.id] emit in
                        reply(id: id, await run { event in emit(frame(.event, event)) })
                    })
            }
        } catch {
            return .reply(reply(id: call.request.id, .failure(error)))
        }
    }

    private func reply(id: String?, _ outcome: Result<[UInt8], WireError>) -> Reply {
        do throws(WireError) {
            let result = try outcome.get()
            let frame = try Response.frame(id: id ?? "", length: result.count) { $0 += result }
            return Reply(frame: frame, isAnonymous: id == nil)
        } catch {
            return Reply(frame: failure(id: id, agent.conceal(error)), isAnonymous: id == nil)
        }
    }

    /// Frames a failure; one that cannot be sent is told in short.
    private func failure(id: String?, _ error: WireError) -> [UInt8] {
        let short = WireError(error.code, String(error.message.prefix(1000)))
        let bodies = [error, short].lazy.map { Response.encoded(id: id, error: $0) }
        return bodies.compactMap { try? Frame(.response, body: $0).encoded() }.first ?? []
    }

    private func frame(_ kind: Frame.Kind, _ event: Event) -> [UInt8] {
        frame(kind) { () throws(WireError) in event.encoded() }
    }

    /// Frames a body; what cannot be sent becomes an error in its place.
    private func frame(_ kind: Frame.Kind, _ body: () throws(WireError) -> [UInt8]) -> [UInt8] {
        do {
            return try Frame(kind, body: try body()).encoded()
        } catch {
            return failure(id: nil, error)
        }
    }
}
