import Diagnosis
import Inspection
import Journal
import Runtime
import Wire

/// Follows one job to its end, or a database until the request's deadline.
struct WatchCommand: CommandHandler {
    typealias Declaration = Watch

    func run(
        _ parameters: Watch.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Watch.Result {
        guard let id = parameters.job else {
            // A job belongs to a database; without one, the request has to name it where there are several.
            var call = call
            if call.database == nil { call.database = try call.agent.database(named: nil, for: call.principal) }
            return .state(try await follow(try call.requireDatabase(), call, emit: emit))
        }
        let job = try await call.visibleJob(id)
        if !job.state.isSettled { await call.follow(id, after: parameters.afterSequence ?? 0, emit: emit) }
        return .job(try await call.visibleJob(id).entry(for: call.principal))
    }

    /// Emits the state now and whenever it changes. All watchers of a database share its diagnoses.
    private func follow(
        _ database: ServedDatabase, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Watch.DatabaseState {
        var emitted: Watch.DatabaseState?
        var pause = Self.period
        while true {
            let diagnosis = await database.inspected.diagnose(maximumAge: Self.period)
            let state = Watch.DatabaseState(diagnosis)
            if emitted.map({ !$0.isSame(as: state) }) ?? true {
                emit(Event(id: call.request.id, event: Event.Kind.state, data: try? JSON(encoding: state)))
                emitted = state
            }
            let isOver = .now + pause >= call.deadline || call.agent.lifecycle == .draining || Task.isCancelled
            if isOver || !call.request.stream { return state }
            // Neither a change nor the return of a server is announced: poll, less often while it is unreachable.
            try? await Task.sleep(for: pause)
            pause = diagnosis.isReachable ? Self.period : min(pause * 2, .seconds(10))
        }
    }

    /// How old a reported state may be.
    private static let period = Duration.seconds(1)
}

extension Watch.DatabaseState {
    init(_ diagnosis: DatabaseDiagnosis) {
        self.init(
            database: diagnosis.database, verdict: diagnosis.assessment.verdict,
            healthy: diagnosis.assessment.healthy, rows: diagnosis.rows, fingerprint: diagnosis.fingerprint,
            observedAt: WallClock.text(diagnosis.madeAt))
    }
}
