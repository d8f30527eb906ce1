import Journal
import Wire

/// Follows one job to its end, or a database to the request's deadline.
struct WatchCommand: CommandHandler {
    typealias Declaration = Watch

    func run(
        _ parameters: Watch.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Watch.Result {
        guard let id = parameters.job else {
            // A job says by itself which database it is of; here the request has to, where there are several.
            var call = call
            if call.database == nil { call.database = try call.agent.database(named: nil) }
            return .state(try await follow(try call.requireDatabase(), call, emit: emit))
        }
        let job = try await find(id, call)
        if !job.state.isSettled { await call.follow(id, after: parameters.afterSequence ?? 0, emit: emit) }
        return .job(try await find(id, call).entry(for: call.principal))
    }

    /// Tells the state now and whenever it changes. All watchers of a database share its diagnoses.
    private func follow(
        _ database: ManagedDatabase, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Watch.DatabaseState {
        guard call.principal.permits(database: database.name) else {
            throw WireError(.forbidden, "this key may not read database \(database.name)")
        }
        var told: Watch.DatabaseState?
        var pause = Self.period
        while true {
            let observation = await database.diagnose(maximumAge: Self.period)
            let state = Watch.DatabaseState(observation)
            if told.map({ !$0.isSame(as: state) }) ?? true {
                emit(Event(id: call.request.id, event: Event.Kind.state, data: try? JSON(encoding: state)))
                told = state
            }
            let isOver = .now + pause >= call.deadline || call.agent.lifecycle == .draining || Task.isCancelled
            if isOver || !call.request.stream { return state }
            // Nothing announces a change, nor that a server is back: asked again, less often while it is away.
            try? await Task.sleep(for: pause)
            pause = observation.isReachable ? Self.period : min(pause * 2, .seconds(10))
        }
    }

    /// How old what is told may be.
    private static let period = Duration.seconds(1)

    private func find(_ id: String, _ call: Call) async throws(WireError) -> Job {
        let job = try await call.agent.journal().wire { journal throws(JournalError) in try await journal.job(id) }
        guard let job, call.principal.permits(database: job.database) else {
            throw WireError(.badParams, "there is no job '\(id)'; 'jobs' lists them")
        }
        return job
    }
}

extension Watch.DatabaseState {
    init(_ observation: Observation) {
        let result = observation.result
        self.init(
            database: result.database, verdict: result.verdict, healthy: result.healthy,
            rows: result.versionTable.rows, fingerprint: observation.fingerprint, observedAt: result.observedAt)
    }
}
