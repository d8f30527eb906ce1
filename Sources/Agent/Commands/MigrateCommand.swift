import Jobs
import Journal
import Wire

/// Records a migration as a job, and waits for it unless `wait` is false.
struct MigrateCommand: CommandHandler {
    typealias Declaration = Migrate

    func run(
        _ parameters: Migrate.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Migrate.Result {
        let migration = MigrationJob.Parameters(
            to: parameters.to, plan: parameters.plan, expectFrom: parameters.expectFrom,
            runDeadlineMs: parameters.runDeadlineMs)
        let job = try await call.submit(MigrationJob.self, migration)
        guard parameters.wait ?? true else { return try Self.state(of: job) }
        return try await call.result(of: job.id, emit: emit)
    }

    private static func state(of job: Job) throws(WireError) -> Migrate.Result {
        switch job.state {
        case .queued, .running:
            return Migrate.Result(
                job: job.id, state: job.state == .queued ? .queued : .running, from: nil, to: nil, applied: [],
                durationMs: nil)
        case .succeeded, .failed, .cancelled, .unknown:
            return try job.decodedResult()
        }
    }
}
