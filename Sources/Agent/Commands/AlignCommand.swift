import Jobs
import Wire

/// Plans the columns to add, or runs a job that adds them.
struct AlignCommand: CommandHandler {
    typealias Declaration = Align

    func run(
        _ parameters: Align.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Align.Result {
        if Align.mutates(parameters) {
            return try await call.perform(
                AlignmentJob.self, AlignmentJob.Parameters(plan: parameters.plan), emit: emit)
        }
        let inputs = try await call.requireDatabase().planningInputs(until: call.deadline)
        do {
            return Align.Result(try inputs.alignmentPlan())
        } catch {
            throw WireError(error)
        }
    }
}
