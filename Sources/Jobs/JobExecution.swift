package import Alembic
package import Inspection
package import Journal
import Runtime
import Wire

/// One job while it runs, with what every kind of job needs.
package struct JobExecution: Sendable {
    package let job: Job
    package let database: ManagedDatabase
    package let engine: JobEngine
    /// Ends the job early.
    package let cancellation = RunCancellation()
    /// Until when the job may wait before it begins.
    package let deadline: ContinuousClock.Instant

    package init(
        job: Job, database: ManagedDatabase, engine: JobEngine, deadline: ContinuousClock.Instant = .now
    ) {
        self.job = job
        self.database = database
        self.engine = engine
        self.deadline = deadline
    }

    /// Reports progress to clients that watch the job.
    func publish(_ progress: Progress) { engine.events.publish(job.id, progress) }

    /// Records that the job begins, with what is needed to find out after a crash what it did. Nothing may be changed
    /// before this returns.
    func begin(_ plan: RecordedPlan) async throws(JobsError) {
        let context = try JobOutcome.json(plan)
        do {
            try await engine.journal.start(job.id, context: context, at: WallClock.milliseconds)
        } catch {
            throw JobsError(error)
        }
    }
}
