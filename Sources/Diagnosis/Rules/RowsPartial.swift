import Revisions

extension Rule {
    static let rowsPartial = Rule(
        code: "version.rows.partial",
        page: Page(
            title: "a row is the beginning of an id",
            problem: """
                The row is a unique prefix of a revision's id. Alembic resolves it, exits 0, and on the next upgrade \
                inserts a second row beside it: that is how ancestor and descendant rows come about. A revision \
                added later can make the prefix ambiguous.
                """,
            evidence: "The row, and the one revision whose id starts with it.",
            remedy: """
                When the full id is the right one, record it: adminctl fixVersion --to REVISION, with the other rows \
                that are to stay. Without --to fixVersion refuses: a revision that this folder does not have may \
                start with the prefix too.
                """)
    ) { situation, code in
        situation.faultyRows(.partial).map { row in
            Observation(
                code, .error, .corrupt,
                "Row \(TerminalText.row(row.value)) of \(situation.versionTableSQL) is only the beginning of a "
                    + "revision's id.",
                evidence: row.because.map { ["the one revision that starts so is \(TerminalText.row($0))"] } ?? [],
                remedy: situation.completed())
        }
    }
}

extension Situation {
    /// The choice that records the full ids of partial rows beside what the other rows stand for; `--to` replaces all
    /// rows, so that all are named. Where other rows leave no choice, the user has to make one.
    fileprivate func completed() -> [String] {
        guard let rows, let graph = facts.graph,
            !rows.rows.contains(where: { [.unknown, .symbolic].contains($0.fault) })
        else { return explicitRows() }
        let ids = Set(rows.known + rows.rows.filter { $0.fault == .partial }.compactMap(\.because))
        let minimal = ids.filter { id in !ids.contains { $0 != id && graph.closure(of: [$0]).contains(id) } }
        let words = minimal.sorted().map(ShellWord.quoted).joined(separator: " ")
        return [
            "# If the full id is right, record it in place of its beginning:",
            adminctl("fixVersion --to \(words)"),
            adminctl("fixVersion --to \(words) --apply"),
        ]
    }
}
