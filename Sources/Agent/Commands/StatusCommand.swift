import Diagnosis
import Inspection
import Jobs
import Journal
import Runtime
import Wire

/// The agent itself, and its databases as they were last seen; no database is queried.
struct StatusCommand: CommandHandler {
    typealias Declaration = Status

    func run(
        _ parameters: NoParameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Status.Result {
        let agent = call.agent
        let now = WallClock.milliseconds
        return Status.Result(
            agent: AgentVersion.current, audience: agent.settings.audience, state: agent.lifecycle,
            startedAt: WallClock.text(agent.startedAt), uptimeMs: max(0, now - agent.startedAt),
            databases: agent.databases.filter { call.principal.permits(database: $0.name) }.map { database in
                let last = database.inspected.monitor.latest?.diagnosis
                return Status.Database(
                    name: database.name, reachable: last.map(\.isReachable),
                    verdict: last?.assessment.verdict.rawValue, observedAt: last.map { WallClock.text($0.madeAt) },
                    replay: database.inspected.replay.map { .init(revision: $0.revision, total: $0.total) })
            },
            connections: agent.connections.count, jobs: try await Self.jobCounts(agent), keys: agent.gate.keyIDs)
    }

    /// Nil while the journal cannot be used: an agent in that state still reports what it is.
    private static func jobCounts(_ agent: AgentState) async throws(WireError) -> Status.JobCounts? {
        guard case .success(let engine) = agent.engine else { return nil }
        do {
            let counts = try await engine.journal.counts()
            return Status.JobCounts(queued: counts[.queued] ?? 0, running: counts[.running] ?? 0)
        } catch {
            throw WireError(error)
        }
    }
}
