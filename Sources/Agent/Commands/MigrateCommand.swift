import Journal
import Wire

/// Records a migration as a job, and waits for it unless asked not to.
struct MigrateCommand: CommandHandler {
    typealias Declaration = Migrate

    func run(
        _ parameters: Migrate.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Migrate.Result {
        let database = try call.requireDatabase()
        // Whether the caller waits does not make it another migration.
        var meaning = parameters
        meaning.wait = nil
        let (job, isNew) = try await call.admit(on: database, meaning: meaning)
        if isNew { database.queue.add(job, call.agent) }
        guard parameters.wait ?? true else { return try Self.state(of: job) }
        await call.follow(job.id, after: 0, emit: emit)
        return try await call.outcome(of: job.id)
    }

    private static func state(of job: Job) throws(WireError) -> Migrate.Result {
        switch job.state {
        case .queued, .running:
            return Migrate.Result(
                job: job.id, state: job.state == .queued ? .queued : .running, from: nil, to: nil, applied: [],
                durationMs: nil)
        case .succeeded, .failed, .cancelled, .unknown:
            return try job.outcome()
        }
    }
}
