import Journal
import ServiceLifecycle
import Synchronization
import Wire

/// The mutations of one database, one after the other.
final class JobQueue: Sendable {
    private let jobs: AsyncStream<Job>
    private let continuation: AsyncStream<Job>.Continuation
    /// The jobs that have not begun and can still be given up.
    private let waiting = Mutex<Set<String>>([])
    private let settlement = Mutex<Task<Void, Never>?>(nil)

    init() { (jobs, continuation) = AsyncStream.makeStream(of: Job.self) }

    /// Puts a recorded job, whose events are open, at the end. It is given up when its deadline passes first.
    func add(_ job: Job, _ agent: AgentState) {
        waiting.withLock { _ = $0.insert(job.id) }
        guard case .enqueued = continuation.yield(job) else {
            agent.events.close(job.id)
            return
        }
        Task {
            // A timer: it claims the job only where the queue has not.
            try? await Task.sleep(for: .milliseconds(max(0, job.deadline - WallClock.milliseconds)))
            guard claim(job), let journal = try? agent.journal() else { return }
            await agent.record(.failed(Self.tooLate(job)), of: job, in: journal)
            agent.events.close(job.id)
        }
    }

    /// Runs jobs until a graceful shutdown, and settles what an earlier agent left meanwhile. The job that runs at the
    /// shutdown is waited for; those behind it stay queued in the journal for the next agent.
    ///
    /// - Parameter unfinished: this database's jobs of the earlier agent, their events open.
    func run(_ database: ManagedDatabase, _ agent: AgentState, unfinished: [Job]) async {
        guard let journal = try? agent.journal() else { return }
        await withGracefulShutdownHandler {
            let settling = Task { await Settlement(database, agent, journal).settle(unfinished) }
            settlement.withLock { $0 = settling }
            for await job in jobs {
                if agent.lifecycle != .draining, claim(job) { await run(job, database, agent, journal) }
                agent.events.close(job.id)
            }
            await settling.value
        } onGracefulShutdown: { [continuation] in
            continuation.finish()
        }
    }

    /// Returns when the jobs of an earlier agent are settled.
    func settled() async { await settlement.withLock { $0 }?.value }

    private func run(_ job: Job, _ database: ManagedDatabase, _ agent: AgentState, _ journal: Journal) async {
        let outcome: JobOutcome
        do throws(WireError) {
            guard WallClock.milliseconds <= job.deadline else { throw Self.tooLate(job) }
            outcome = try await Mutation(job, database, agent, journal).run()
        } catch {
            // Thrown only before anything began: the job stays queued for the next agent.
            if error.code == .draining { return }
            outcome = .failed(agent.conceal(error))
        }
        database.monitor.forget()
        await agent.record(outcome, of: job, in: journal)
    }

    /// Whether the caller is the one who ends the job's wait.
    private func claim(_ job: Job) -> Bool { waiting.withLock { $0.remove(job.id) != nil } }

    private static func tooLate(_ job: Job) -> WireError {
        WireError(.deadlineExceeded, "the deadline passed while job \(job.id) was queued; nothing was run")
    }
}
