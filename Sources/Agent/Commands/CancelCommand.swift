import Jobs
import Journal
import Runtime
import Wire

/// Asks a job to end, and waits until it has.
struct CancelCommand: CommandHandler {
    typealias Declaration = Cancel

    func run(
        _ parameters: Cancel.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> JobEntry {
        let job = try await call.visibleJob(parameters.job)
        guard !job.state.isSettled else {
            throw WireError(.precondition, "job \(job.id) has ended already: \(job.state.rawValue)")
        }
        guard let queue = call.agent.databases.first(where: { $0.name == job.database })?.queue else {
            throw WireError(.precondition, "job \(job.id) is not one of a database of this agent's settings")
        }
        do {
            try await call.agent.jobs().cancel(
                job, on: queue, by: call.principal.name, now: parameters.now ?? false)
        } catch {
            throw (error as? WireError) ?? WireError(.internal, "\(error)")
        }
        let ended = await Self.ended(job.id, call, emit)
        guard ended, let result = try await call.job(job.id), result.state.isSettled else {
            throw WireError(
                .deadlineExceeded,
                "job \(job.id) ends before its next statement, which has not come yet: 'watch' follows it, and "
                    + "'cancel' with 'now' interrupts the statement")
        }
        return try result.entry(for: call.principal)
    }

    /// Follows the job until it ends or the request's deadline passes.
    private static func ended(_ job: String, _ call: Call, _ emit: @escaping @Sendable (Event) -> Void) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await call.follow(job, after: 0, emit: emit)
                return !Task.isCancelled
            }
            group.addTask {
                // A timer: the end of the job cancels it.
                try? await Task.sleep(until: call.deadline, clock: .continuous)
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
    }
}
