import Jobs
import Journal
import Logging
import ServiceLifecycle
import Wire

/// The queues of all databases, and the journal that they need. Returns after a graceful shutdown, when the running jobs
/// have ended.
///
/// A journal that could not be opened is tried again, and one that cannot be written is tried with a small write, so that
/// mutations are accepted again without a restart.
struct JobService: Service {
    let agent: AgentState
    /// The unfinished jobs of an earlier agent, their events open; empty while the journal is not open.
    let unfinished: [String: [Job]]
    let open: @Sendable () throws(JournalError) -> JobEngine

    /// How often a journal that can be used is tried, and one that cannot.
    private static let pauses = (healthy: Duration.seconds(30), failed: Duration.seconds(2))

    func run() async throws {
        var unfinished = unfinished
        if case .failure = agent.engine {
            guard let taken = await cancelWhenGracefulShutdown({ await reopen() }) else { return }
            unfinished = taken
        }
        await withTaskGroup { group in
            for database in agent.databases {
                let jobs = unfinished[database.name] ?? []
                group.addTask { await database.queue?.run(unfinished: jobs) }
            }
            let watching = Task { await watch() }
            await group.waitForAll()
            watching.cancel()
        }
    }

    /// - Returns: the unfinished jobs; nil when the agent ends before the journal can be opened.
    private func reopen() async -> [String: [Job]]? {
        while (try? await Task.sleep(for: Self.pauses.failed)) != nil {
            // Nothing announces that a disk has space again, or that a folder can be written.
            guard let engine = try? open() else { continue }
            agent.use(engine)
            agent.logger.notice("the journal can be written: mutations are accepted")
            return await UnfinishedJobs.take(agent)
        }
        return nil
    }

    /// Until the task is cancelled.
    private func watch() async {
        guard case .success(let engine) = agent.engine else { return }
        var hasFailed = false
        while (try? await Task.sleep(for: hasFailed ? Self.pauses.failed : Self.pauses.healthy)) != nil {
            // Nothing announces that a disk is full, or has space again: poll. A failure is kept by the journal itself.
            try? await engine.journal.probe()
            let failure = engine.journal.failure
            if let failure, !hasFailed {
                agent.logger.error("mutations are refused until the journal can be written: \(failure)")
            } else if failure == nil, hasFailed {
                agent.logger.notice("the journal can be written: mutations are accepted")
            }
            hasFailed = failure != nil
        }
    }
}

/// What an earlier agent left in the journal.
enum UnfinishedJobs {
    /// The jobs that an earlier agent left queued or running, by database, and those whose outcome is not known. The
    /// events of the former are opened, so that they can be watched from the first request on.
    static func take(_ agent: AgentState) async -> [String: [Job]] {
        guard case .success(let engine) = agent.engine else { return [:] }
        do {
            let unfinished = Dictionary(grouping: try await engine.journal.unfinished(), by: \.database)
            for (name, jobs) in unfinished where !agent.databases.contains(where: { $0.name == name }) {
                let reason = "database \(name) is no longer in the agent's settings"
                for job in jobs {
                    let error =
                        job.state == .queued
                        ? JobsError(.cancelled, reason + "; nothing was run") : JobsError(.outcomeUnknown, reason)
                    await engine.record(.failed(error), of: job)
                }
            }
            let served = unfinished.filter { name, _ in agent.databases.contains { $0.name == name } }
            for job in served.values.joined() { engine.events.open(job.id) }
            let undecided = Dictionary(grouping: try await engine.journal.undecided(), by: \.database)
            return served.merging(undecided) { $0 + $1 }
        } catch {
            agent.logger.error("unfinished jobs of an earlier agent cannot be read: \(error)")
            return [:]
        }
    }
}
