import Journal
import Wire

/// Plans a repair of the version table, or records it as a job and waits for it.
struct FixVersionCommand: CommandHandler {
    typealias Declaration = FixVersion

    func run(
        _ parameters: FixVersion.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> FixVersion.Result {
        let database = try call.requireDatabase()
        guard FixVersion.mutates(parameters) else {
            let survey = try await database.survey(until: call.deadline)
            return try RepairPlan(survey, to: parameters.to).result
        }
        let (job, isNew) = try await call.admit(on: database, meaning: parameters)
        if isNew { database.queue.add(job, call.agent) }
        await call.follow(job.id, after: 0, emit: emit)
        return try await call.outcome(of: job.id)
    }
}
