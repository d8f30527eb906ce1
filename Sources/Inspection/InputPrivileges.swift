import Diagnosis
import Revisions
import Schema

extension DiagnosisInputs {
    /// The revisions that an upgrade to the effective heads would run; nil when it cannot be known.
    var pending: [String]? {
        guard let graph = try? project.get().graph, graph.isUsable, let live = try? live.get(),
            live.versionTable.fault == nil
        else { return nil }
        let known = RowClassification(rows: live.versionTable.rows ?? [], graph: graph).known
        return graph.pending(from: known, to: graph.effectiveHeads)
    }
}

extension PrivilegeFacts {
    /// - Parameter pending: the pending revisions.
    init(_ role: RolePrivileges, _ inputs: DiagnosisInputs, pending: [String]) {
        self.init(role: role)
        guard let live = try? inputs.live.get(), live.hasDefinitions, let expected = inputs.expected,
            let history = expected.history
        else { return }
        operations = history.privilegedOperations(of: pending, on: live.catalog)
        roleSwitches = expected.roleSwitches
        hasSecurityDefiner = history.hasSecurityDefiner
    }
}
