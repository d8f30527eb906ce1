import Revisions

extension Rule {
    static let versionBehind = Rule(
        code: "version.behind",
        page: Page(
            title: "revisions are pending",
            problem: """
                The version rows are not at the effective heads: revisions of this project have not run on this \
                database. An application built on their models may fail. A fresh database has this finding too, with \
                every revision, because an application cannot start on it.
                """,
            evidence: """
                The rows, and the revisions that an upgrade from them to the effective heads would run, over \
                down_revision and depends_on. Rows that fixVersion repairs are counted as repaired; with rows of \
                unknown revisions, or with tables and no rows, nothing is concluded.
                """,
            remedy: "adminctl plan shows what would run; adminctl migrate runs it, once.")
    ) { situation, code in
        guard situation.isReachable, let pending = situation.pending, let last = pending.last,
            situation.isFresh || !situation.hasNoVersionRows, !situation.hasRefusedRows
        else { return [] }
        let count = pending.count == 1 ? "1 revision is" : "\(pending.count) revisions are"
        let names = pending.count > 4 ? "\(pending[0]) to \(last)" : pending.joined(separator: ", ")
        let repairFirst = situation.versionTableState == .corrupt
        return [
            Observation(
                code, .error, .behind,
                "\(count) pending on database \(situation.facts.database): \(names).",
                evidence: [
                    "rows: " + TerminalText.list(situation.rows?.known ?? [], limit: 20),
                    "heads: " + TerminalText.list(situation.facts.graph?.effectiveHeads ?? [], limit: 20),
                    "pending: " + TerminalText.list(pending, limit: 20),
                ].map { $0.hasSuffix(": ") ? $0 + "none" : $0 },
                remedy: (repairFirst ? ["# First repair the rows of the version table, then:"] : [])
                    + [situation.adminctl("plan"), situation.adminctl("migrate")])
        ]
    }
}
