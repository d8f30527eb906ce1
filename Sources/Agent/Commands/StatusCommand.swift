import Diagnosis
import Wire

/// The agent itself; databases as they were last seen, without asking them.
struct StatusCommand: CommandHandler {
    typealias Declaration = Status

    func run(
        _ parameters: NoParameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Status.Result {
        let agent = call.agent
        // An agent whose journal cannot be used still tells what it is; how many jobs there are it does not know.
        let counts = agent.lifecycle == .degraded ? nil : try await agent.jobCounts()
        let now = WallClock.milliseconds
        return Status.Result(
            agent: AgentVersion.current, audience: agent.settings.audience, state: agent.lifecycle,
            startedAt: WallClock.text(agent.startedAt), uptimeMs: max(0, now - agent.startedAt),
            databases: agent.databases.filter { call.principal.permits(database: $0.name) }.map { database in
                let last = database.monitor.latest?.observation
                return Status.Database(
                    name: database.name, reachable: last.map { $0.isReachable },
                    verdict: last?.result.verdict.rawValue, observedAt: last?.result.observedAt)
            },
            connections: agent.connections.count, jobs: counts, keys: agent.gate.keyIDs)
    }
}
