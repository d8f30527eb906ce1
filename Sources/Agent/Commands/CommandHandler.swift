import Wire

/// One authorized request, as its command receives it.
struct Call: Sendable {
    var request: Request
    var principal: Principal
    /// The database that the request names, or the only one for a command that needs one; else nil.
    var database: ServedDatabase?
    var agent: AgentState
    var receivedAt = ContinuousClock.now

    /// Limits queueing and waiting, never a running migration.
    var deadline: ContinuousClock.Instant {
        receivedAt + .milliseconds(request.deadlineMilliseconds ?? Limits.defaultDeadlineMilliseconds)
    }

    /// - Throws: `badParams` when the request had to name a database, `forbidden` when the principal may use none.
    func requireDatabase() throws(WireError) -> ServedDatabase {
        if let database { return database }
        let names = agent.databases.map(\.name).filter(principal.permits(database:))
        guard !names.isEmpty else {
            throw WireError(.forbidden, "\(principal.name) may use none of this agent's databases; use another key")
        }
        throw WireError(.badParams, "name a database: this agent has \(names.joined(separator: ", "))")
    }
}

/// The agent's side of one command of the protocol.
protocol CommandHandler: RegisteredCommand {
    associatedtype Declaration: Command

    /// The result, when it is in memory; nil when it must be computed.
    ///
    /// Runs on the connection's event loop: it must not block.
    func cachedResult(_ parameters: Declaration.Parameters, _ call: Call) throws(WireError) -> CachedResult?

    /// The result. `emit` sends an event to a client that requested a stream.
    func run(
        _ parameters: Declaration.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Declaration.Result
}

extension CommandHandler {
    func cachedResult(_ parameters: Declaration.Parameters, _ call: Call) throws(WireError) -> CachedResult? { nil }

    var name: String { Declaration.name }
    var needsDatabase: Bool { Declaration.needsDatabase }
    var scope: Scope { Declaration.scope }

    func begin(_ call: Call) throws(WireError) -> CommandStart {
        let parameters = try Declaration.parameters(of: call.request)
        if let result = try cachedResult(parameters, call) { return .cached(result) }
        return .task { emit in
            do throws(WireError) {
                let ignore: @Sendable (Event) -> Void = { _ in }
                let result = try await run(parameters, call, emit: call.request.stream ? emit : ignore)
                return .success(try WireCoding.encode(result))
            } catch {
                return .failure(error)
            }
        }
    }
}

/// A command without its types, which the dispatcher need not know.
protocol RegisteredCommand: Sendable {
    var name: String { get }
    var scope: Scope { get }
    var needsDatabase: Bool { get }
    func begin(_ call: Call) throws(WireError) -> CommandStart
}

/// How a command begins: with its result from memory, or with a task that returns the result as JSON.
enum CommandStart {
    case cached(CachedResult)
    case task(@Sendable (_ emit: @escaping @Sendable (Event) -> Void) async -> Result<[UInt8], WireError>)
}
