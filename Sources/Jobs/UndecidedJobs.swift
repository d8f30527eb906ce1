import Inspection
import Journal
import Runtime
import Synchronization
import Wire

/// The jobs of one database whose outcome is not known yet.
final class UndecidedJobs: Sendable {
    private let ids = Mutex<Set<String>>([])

    /// In the order in which the jobs were admitted.
    var all: [String] { ids.withLock { $0.sorted() } }

    func add(_ id: String) { ids.withLock { _ = $0.insert(id) } }

    func remove(_ id: String) { ids.withLock { _ = $0.remove(id) } }
}

extension JobQueue {
    /// The pauses between two attempts to decide about a job.
    private static let pauses = Duration.seconds(1)...Duration.seconds(60)

    /// Queues the jobs that had not begun and whose deadline has not passed, and concludes those that were running. No job
    /// stays `running`: one that cannot be decided is `unknown`, and tried again.
    func conclude(_ unfinished: [Job]) async {
        for job in unfinished where job.state == .queued {
            let remaining = job.remainingWait(at: WallClock.milliseconds)
            guard remaining == .zero else {
                add(job, until: .now + remaining)
                continue
            }
            let error = JobsError(
                .cancelled, "the agent was restarted and the deadline passed before the job began; nothing was run")
            await engine.record(.failed(error), of: job)
            engine.events.close(job.id)
        }
        for job in unfinished where job.state == .unknown && RecordedPlan(of: job) != nil { undecided.add(job.id) }
        for job in unfinished where job.state == .running {
            let outcome = await engine.conclude(job, on: database, patience: .seconds(60))
            let mayBeDecided = outcome.state == .unknown && RecordedPlan(of: job) != nil
            // While this agent ends, the next one finds out.
            if !mayBeDecided || !engine.isDraining { await engine.record(outcome, of: job) }
            if mayBeDecided { undecided.add(job.id) }
            engine.events.close(job.id)
        }
    }

    /// Tries to decide about undecided jobs, less and less often, until the task is cancelled.
    func decideLater() async {
        var pause = Self.pauses.lowerBound
        var known: [String] = []
        while !Task.isCancelled, !engine.isDraining {
            // Nothing announces that a server is back, or that a backend has ended: poll.
            guard (try? await Task.sleep(for: pause)) != nil else { return }
            let undecided = self.undecided.all
            pause = undecided == known ? min(pause * 2, Self.pauses.upperBound) : Self.pauses.lowerBound
            for id in undecided { await decide(id) }
            known = self.undecided.all
            if known.isEmpty { pause = Self.pauses.lowerBound }
        }
    }

    private func decide(_ id: String) async {
        guard let found = try? await engine.journal.job(id) else { return }
        guard found.state == .unknown else { return undecided.remove(id) }
        let outcome = await engine.conclude(found, on: database, patience: .zero)
        guard outcome.state != .unknown else { return }
        await engine.record(outcome, of: found)
        database.monitor.invalidate()
        undecided.remove(id)
    }
}
