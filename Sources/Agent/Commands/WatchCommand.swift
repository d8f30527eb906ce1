import Journal
import Wire

/// Follows one job to its end.
struct WatchCommand: CommandHandler {
    typealias Declaration = Watch

    func run(
        _ parameters: Watch.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> JobEntry {
        let job = try await find(parameters.job, call)
        let sequence = parameters.afterSequence ?? 0
        if !job.state.isSettled { await call.follow(parameters.job, after: sequence, emit: emit) }
        return try await find(parameters.job, call).entry(for: call.principal)
    }

    private func find(_ id: String, _ call: Call) async throws(WireError) -> Job {
        let job = try await call.agent.journal().wire { journal throws(JournalError) in try await journal.job(id) }
        guard let job, call.principal.permits(database: job.database) else {
            throw WireError(.badParams, "there is no job '\(id)'; 'jobs' lists them")
        }
        return job
    }
}
