import Diagnosis
import Revisions
import Wire

/// What `migrate` would run now.
struct PlanCommand: CommandHandler {
    typealias Declaration = Plan

    func run(
        _ parameters: Plan.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Plan.Result {
        let database = try call.requireDatabase()
        let survey = try await database.survey(until: call.deadline)
        let plan = try survey.plan(to: parameters.to ?? ["heads"])
        let observation = try await database.diagnose(maximumAge: .seconds(1), until: call.deadline)
        return Plan.Result(
            plan: plan.id, from: plan.from, to: plan.to,
            revisions: plan.steps.compactMap { survey.project.graph[$0] }.map {
                Plan.Step(id: $0.id, doc: $0.doc, file: $0.file, down: $0.down)
            },
            findings: observation.result.findings.filter { Self.concernsARun($0.code) })
    }

    /// What a run would meet; that revisions are pending and what they will bring, the plan itself says.
    private static func concernsARun(_ code: String) -> Bool {
        ["graph.", "project.", "server."].contains { code.hasPrefix($0) }
    }
}
