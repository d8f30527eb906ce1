import Jobs
import Wire

/// Plans a repair of the version table, or runs a job that applies or undoes one.
struct FixVersionCommand: CommandHandler {
    typealias Declaration = FixVersion

    func run(
        _ parameters: FixVersion.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> FixVersion.Result {
        if FixVersion.mutates(parameters) {
            let repair = RepairJob.Parameters(to: parameters.to, plan: parameters.plan, undo: parameters.undo)
            return try await call.perform(RepairJob.self, repair, emit: emit)
        }
        let isChosen = parameters.to != nil
        let inputs = try await call.requireDatabase()
            .planningInputs(awaitingReplay: { _ in isChosen }, until: call.deadline)
        do {
            return inputs.result(of: try inputs.repairPlan(to: parameters.to), to: parameters.to)
        } catch {
            throw WireError(error)
        }
    }
}
