import Journal
import Synchronization

/// The jobs of one queue that have not begun, with one timer for all of their deadlines.
final class WaitingJobs: Sendable {
    private struct State {
        var jobs: [String: (job: Job, deadline: ContinuousClock.Instant)] = [:]
        var timer: Task<Void, Never>?
        var wakes: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - deadline: on the monotonic clock, which nobody sets.
    ///   - expire: called for each job whose deadline has passed before it was claimed.
    func add(
        _ job: Job, until deadline: ContinuousClock.Instant, expire: @escaping @Sendable (Job) async -> Void
    ) {
        state.withLock { state in
            state.jobs[job.id] = (job, deadline)
            arm(&state, expire)
        }
    }

    /// - Returns: the job's deadline; nil when its wait has ended already.
    func claim(_ job: Job) -> ContinuousClock.Instant? {
        state.withLock { $0.jobs.removeValue(forKey: job.id)?.deadline }
    }

    /// Lets the timer end at the first deadline.
    private func arm(_ state: inout State, _ expire: @escaping @Sendable (Job) async -> Void) {
        guard let first = state.jobs.values.map(\.deadline).min() else { return }
        if let wakes = state.wakes, wakes <= first { return }
        state.timer?.cancel()
        state.wakes = first
        state.timer = Task { [weak self] in
            guard (try? await Task.sleep(until: first, clock: .continuous)) != nil else { return }
            await self?.end(expire)
        }
    }

    private func end(_ expire: @escaping @Sendable (Job) async -> Void) async {
        let late = state.withLock { state in
            state.wakes = nil
            let late = state.jobs.values.filter { $0.deadline <= .now }.map(\.job)
            for job in late { state.jobs[job.id] = nil }
            arm(&state, expire)
            return late
        }
        for job in late.sorted(by: { $0.id < $1.id }) { await expire(job) }
    }
}

extension Job {
    /// How long a queued job of an earlier agent may still wait: what is left by the wall clock, at most the whole
    /// allowance. A clock that was set back gives it no more.
    ///
    /// - Parameter now: Unix milliseconds.
    func remainingWait(at now: Int64) -> Duration {
        .milliseconds(max(0, min(deadline - now, deadline - createdAt)))
    }
}
