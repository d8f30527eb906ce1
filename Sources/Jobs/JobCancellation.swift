import Alembic
import Inspection
package import Journal
import Logging
import Postgres
import Synchronization
import Wire

extension JobEngine {
    /// Asks a job to end. One that has not begun ends here; one that runs is concluded as any other.
    ///
    /// - Parameters:
    ///   - principal: who asks.
    ///   - now: whether its statement is cancelled as well, and a process that does not end then is killed.
    /// - Throws: `conflict` when the job is neither waiting nor running at the moment.
    package func cancel(_ job: Job, on queue: JobQueue, by principal: String, now: Bool) async throws(JobsError) {
        if queue.withdraw(job) {
            let error = JobsError(.cancelled, "\(principal) cancelled the job before it began; nothing was run")
            await record(.failed(error), of: job)
            events.close(job.id)
            return
        }
        guard let execution = running.withLock({ $0[job.id] }) else {
            throw JobsError(.conflict, "job \(job.id) is being concluded: 'watch' shows its end")
        }
        logger.notice("job \(job.id) is cancelled by \(principal)\(now ? ", now" : "")")
        await execution.cancellation.request()
        if now { Task { await execution.interrupt() } }
    }
}

extension JobExecution {
    /// How long a process may take to end after its statement was cancelled.
    private static let patience = Duration.seconds(5)

    /// A point at which the job can end without a trace.
    ///
    /// - Throws: `cancelled`.
    func requireNotCancelled() throws(JobsError) {
        guard !cancellation.isRequested else {
            throw JobsError(.cancelled, "the job was cancelled before it changed anything; nothing was run")
        }
    }

    /// Cancels the statements of the job until its process has ended.
    fileprivate func interrupt() async {
        let application = SessionOptions.applicationName(of: job)
        let deadline = ContinuousClock.now + Self.patience
        repeat {
            try? await database.cancelStatements(of: application)
            guard .now < deadline else { return cancellation.force() }
            // A cancel request may arrive between two statements: poll until the process has ended.
            try? await Task.sleep(for: .milliseconds(200))
        } while cancellation.isRunning
    }
}
