import Diagnosis
import Inspection
import Jobs
import Plans
import Revisions
import Wire

/// What `migrate` would run now.
struct PlanCommand: CommandHandler {
    typealias Declaration = Plan

    func run(
        _ parameters: Plan.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Plan.Result {
        let database = try call.requireDatabase()
        let inputs = try await database.planningInputs(
            awaitingReplay: { $0.needsReplayToMigrate }, until: call.deadline)
        do {
            let plan = try inputs.migrationPlan(to: parameters.to)
            return Plan.Result(
                plan: plan.id, from: plan.from, to: plan.to,
                revisions: plan.steps.compactMap { inputs.project.graph[$0] }.map {
                    Plan.Step(id: $0.id, doc: $0.doc, file: $0.file, down: $0.down)
                },
                findings: inputs.findings(about: plan).filter { Self.concernsARun($0.code) })
        } catch {
            throw WireError(error)
        }
    }

    /// Findings that affect a run. That revisions are pending, and what they change, is the plan itself.
    private static func concernsARun(_ code: String) -> Bool {
        ["graph.", "project.", "server.", "version.rows.stale", "schema.alreadyExists"].contains { code.hasPrefix($0) }
    }
}
