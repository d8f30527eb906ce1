import Journal
import Wire

/// Plans the columns to add, or records that as a job and waits for it.
struct AlignCommand: CommandHandler {
    typealias Declaration = Align

    func run(
        _ parameters: Align.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Align.Result {
        let database = try call.requireDatabase()
        guard Align.mutates(parameters) else {
            return try AlignPlan(try await database.survey(until: call.deadline)).result
        }
        let (job, isNew) = try await call.admit(on: database, meaning: parameters)
        if isNew { database.queue.add(job, call.agent) }
        await call.follow(job.id, after: 0, emit: emit)
        return try await call.outcome(of: job.id)
    }
}
