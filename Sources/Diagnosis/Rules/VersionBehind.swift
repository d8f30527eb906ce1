import Revisions
import Schema
import Text

extension Rule {
    static let versionBehind = Rule(
        code: "version.behind",
        severities: [.error],
        page: Page(
            title: "revisions are pending",
            problem: """
                The version rows are not at the effective heads: some revisions of this project have not run on this \
                database. An application built on their models may fail. A fresh database has this finding too, with \
                every revision, because an application cannot start on it.
                """,
            evidence: """
                The rows, and the revisions that an upgrade to the effective heads would run, through down_revision \
                and depends_on. Rows that fixVersion repairs count as repaired. If a row is unknown, or if there are \
                tables but no rows, the pending revisions are unknown.
                """,
            remedy: "adminctl plan shows what would run; adminctl migrate runs it once.")
    ) { context, code in
        guard context.isReachable, let pending = context.pending, let last = pending.last,
            context.isFresh || !context.hasNoVersionRows, !context.hasRefusedRows
        else { return [] }
        let count = pending.count == 1 ? "1 revision is" : "\(pending.count) revisions are"
        let names = pending.count > 4 ? "\(pending[0]) to \(last)" : pending.joined(separator: ", ")
        let repairFirst = context.versionTableState == .corrupt
        let isPartlyApplied = context.mustSettlePending && !repairFirst
        return [
            RuleResult(
                code, .error, .behind,
                "\(count) pending on database \(context.facts.database): \(names).",
                evidence: [
                    "rows: " + SafeText.list(context.rows?.known ?? [], limit: .max),
                    "heads: " + SafeText.list(context.facts.graph?.effectiveHeads ?? [], limit: .max),
                    "pending: " + SafeText.list(pending, limit: .max),
                ].map { $0.hasSuffix(": ") ? $0 + "none" : $0 },
                remedy: isPartlyApplied
                    ? context.settlingPending
                    : (context.migratingSessions.isEmpty
                        ? [] : ["# Another session is at work (server.migrating): let it finish first, then:"])
                        + (context.facts.lacksBaseline
                            ? ["# First load the schema that the history starts from (shadow.baseline), then:"] : [])
                        + context.restoringFirst
                        + (repairFirst ? ["# First repair the rows of the version table, then:"] : [])
                        + [context.adminctl("plan"), context.adminctl("migrate")])
        ]
    }
}

extension RuleContext {
    /// What a pending revision may need and a revision that has run made.
    fileprivate var restoringFirst: [String] {
        let dropped = comparison?.differences.first {
            $0.blame == .drift && $0.breaking && $0.kind.isMissingRelationOrColumn
        }
        return dropped.map { ["# First resolve \($0.kind.code), which pending revisions may need, then:"] } ?? []
    }
}
