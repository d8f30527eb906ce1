import Wire

/// One authorised request on its way to its command.
struct Call: Sendable {
    var request: Request
    var principal: Principal
    /// The database that the request names, or the only one for a command that needs one; else `nil`.
    var database: ManagedDatabase?
    var agent: AgentState
    var receivedAt = ContinuousClock.now

    /// Bounds queueing and waiting, never a running migration.
    var deadline: ContinuousClock.Instant {
        receivedAt + .milliseconds(request.deadlineMilliseconds ?? Limits.defaultDeadlineMilliseconds)
    }

    /// - Throws: `badParams` when the request had to name a database.
    func requireDatabase() throws(WireError) -> ManagedDatabase {
        guard let database else {
            throw WireError(
                .badParams,
                "name a database: this agent has \(agent.databases.map(\.name).filter(principal.permits(database:)).joined(separator: ", "))"
            )
        }
        return database
    }
}

/// The agent's side of one command of the wire's table.
protocol CommandHandler: RegisteredCommand {
    associatedtype Declaration: Command

    /// The result, when memory has it.
    ///
    /// Runs on the connection's event loop: it must not block.
    func recall(_ parameters: Declaration.Parameters, _ call: Call) throws(WireError) -> RecalledAnswer?

    /// The answer. `emit` sends an event to a client that asked for a stream.
    func run(
        _ parameters: Declaration.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Declaration.Result
}

extension CommandHandler {
    func recall(_ parameters: Declaration.Parameters, _ call: Call) throws(WireError) -> RecalledAnswer? { nil }

    var name: String { Declaration.name }
    var needsDatabase: Bool { Declaration.needsDatabase }
    var scope: Scope { Declaration.scope }

    func begin(_ call: Call) throws(WireError) -> CommandStart {
        let parameters = try Declaration.parameters(of: call.request)
        if let result = try recall(parameters, call) { return .recalled(result) }
        return .work { emit in
            do throws(WireError) {
                let quiet: @Sendable (Event) -> Void = { _ in }
                let result = try await run(parameters, call, emit: call.request.stream ? emit : quiet)
                return .success(try WireCoding.encode(result))
            } catch {
                return .failure(error)
            }
        }
    }
}

/// A command whose types the dispatcher need not know.
protocol RegisteredCommand: Sendable {
    var name: String { get }
    var scope: Scope { get }
    var needsDatabase: Bool { get }
    func begin(_ call: Call) throws(WireError) -> CommandStart
}

/// How a command begins: with its result, or with work to do, which gives it as JSON.
enum CommandStart {
    case recalled(RecalledAnswer)
    case work(@Sendable (_ emit: @escaping @Sendable (Event) -> Void) async -> Result<[UInt8], WireError>)
}
