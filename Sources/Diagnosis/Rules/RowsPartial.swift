import Revisions
import Text

extension Rule {
    static let rowsPartial = Rule(
        code: "version.rows.partial",
        severities: [.error],
        page: Page(
            title: "a version row is only the beginning of an id",
            problem: """
                The row is a unique prefix of a revision id. Alembic resolves it and exits 0, but the next upgrade \
                adds a second row. The table then has rows for a revision and for its ancestor. A \
                revision added later can make the prefix ambiguous.
                """,
            evidence: "The row, and the only revision whose id starts with it.",
            remedy: """
                If the full id is right, record it with adminctl fixVersion --to REVISION, and name the other rows \
                that must stay as well. Without --to, fixVersion refuses: a revision that is not in this folder may \
                start with the same prefix.
                """)
    ) { context, code in
        context.faultyRows(.partial).map { row in
            RuleResult(
                code, .error, .corrupt,
                "Row \(SafeText.row(row.value)) of \(context.versionTableSQL) is only the beginning of a "
                    + "revision id.",
                evidence: row.because.map { ["the only revision whose id starts with it is \(SafeText.row($0))"] }
                    ?? [],
                remedy: context.completed())
        }
    }
}

extension RuleContext {
    /// Commands that record the full ids of partial rows. `--to` replaces all rows, so they name the other rows too.
    /// Where a row is unknown or symbolic, the user has to choose the revision.
    fileprivate func completed() -> [String] {
        guard let rows, let graph = facts.graph,
            !rows.rows.contains(where: { [.unknown, .symbolic].contains($0.fault) })
        else { return explicitRows() }
        let ids = Set(rows.known + rows.rows.filter { $0.fault == .partial }.compactMap(\.because))
        let minimal = ids.filter { id in !ids.contains { $0 != id && graph.closure(of: [$0]).contains(id) } }
        let words = minimal.sorted().map(ShellWord.quoted).joined(separator: " ")
        return [
            "# If the full id is right, record it instead of its beginning:",
            adminctl("fixVersion --to \(words)"),
            adminctl("fixVersion --to \(words) --apply"),
        ]
    }
}
