import Diagnosis
import Journal
import Logging
import ServiceLifecycle
import Wire

/// The background work of one database: a first look, so that memory has an answer and the log says what is wrong, and
/// the queue of its mutations. Returns after a graceful shutdown, when the job that runs then has ended.
struct DatabaseService: Service {
    let database: ManagedDatabase
    let agent: AgentState
    /// This database's jobs of an earlier agent, their events open.
    let unfinished: [Job]

    func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await cancelWhenGracefulShutdown { await look() } }
            await database.queue.run(database, agent, unfinished: unfinished)
        }
        await database.endBackgroundWork()
    }

    /// Looks until the database answers, less and less often.
    private func look() async {
        var pause = Duration.seconds(1)
        var wasAway = false
        while !Task.isCancelled {
            let observation = await database.diagnose(maximumAge: .milliseconds(500))
            if observation.isReachable {
                if wasAway { agent.logger.notice("database \(database.name) answers again") }
                return report(observation)
            }
            if !wasAway { report(observation) }
            wasAway = true
            // Nothing announces that a server is back: asked again, at most every half minute.
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(30))
        }
    }

    private func report(_ observation: Observation) {
        let errors = observation.result.findings.filter { $0.severity == .error }
        agent.logger.log(
            level: errors.isEmpty ? .info : .warning,
            "database \(database.name): \(observation.result.verdict.rawValue)",
            metadata: errors.isEmpty ? nil : ["findings": "\(errors.map(\.message).joined(separator: " "))"])
    }
}
