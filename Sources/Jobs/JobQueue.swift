package import Inspection
package import Journal
import Runtime
import ServiceLifecycle
import Synchronization
import Wire

/// The jobs of one database, run one after another.
package final class JobQueue: Sendable {
    package let database: ManagedDatabase
    let engine: JobEngine
    private let jobs: AsyncStream<Job>
    private let continuation: AsyncStream<Job>.Continuation
    private let waiting = WaitingJobs()
    private let recovery = Mutex<Task<Void, Never>?>(nil)
    let undecided = UndecidedJobs()

    package init(_ database: ManagedDatabase, _ engine: JobEngine) {
        self.database = database
        self.engine = engine
        (jobs, continuation) = AsyncStream.makeStream(of: Job.self)
    }

    /// Appends a recorded job whose events are open. It fails when its deadline passes before it begins.
    func add(_ job: Job, until deadline: ContinuousClock.Instant) {
        waiting.add(job, until: deadline) { [engine] job in
            await engine.record(.failed(Self.tooLate(job)), of: job)
            engine.events.close(job.id)
        }
        guard case .enqueued = continuation.yield(job) else {
            // The next agent finds it in the journal.
            _ = waiting.claim(job)
            engine.events.close(job.id)
            return
        }
    }

    /// Runs jobs until a graceful shutdown, and concludes the jobs of an earlier agent. A shutdown
    /// waits for the running job; the jobs behind it stay queued in the journal for the next agent.
    ///
    /// - Parameter unfinished: this database's jobs of the earlier agent that were queued or running, their events open,
    ///   and those whose outcome was not known.
    package func run(unfinished: [Job]) async {
        let retrying = Task { await decideLater() }
        await withGracefulShutdownHandler {
            let recovering = Task { await conclude(unfinished) }
            recovery.withLock { $0 = recovering }
            for await job in jobs {
                if !engine.isDraining, let deadline = waiting.claim(job) { await run(job, until: deadline) }
                engine.events.close(job.id)
            }
            await recovering.value
        } onGracefulShutdown: { [continuation] in
            continuation.finish()
        }
        retrying.cancel()
        await retrying.value
    }

    /// Returns when the jobs of an earlier agent are concluded, or known to be undecided.
    func recovered() async { await recovery.withLock { $0 }?.value }

    private func run(_ job: Job, until deadline: ContinuousClock.Instant) async {
        guard .now <= deadline else {
            await engine.record(.failed(Self.tooLate(job)), of: job)
            return
        }
        // Thrown only before anything began: the job stays queued for the next agent.
        guard let outcome = try? await engine.run(job, on: self, until: deadline) else { return }
        if outcome.state == .unknown { undecided.add(job.id) }
    }

    /// Takes a job out of the queue.
    ///
    /// - Returns: whether it had not begun; the caller then records its end.
    func withdraw(_ job: Job) -> Bool { waiting.claim(job) != nil }

    private static func tooLate(_ job: Job) -> JobsError {
        JobsError(.deadlineExceeded, "the deadline passed while job \(job.id) was queued; nothing was run")
    }
}
