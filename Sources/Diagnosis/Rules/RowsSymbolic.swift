import Revisions
import Text

extension Rule {
    static let rowsSymbolic = Rule(
        code: "version.rows.symbolic",
        severities: [.error],
        page: Page(
            title: "a version row is a symbolic name, not an id",
            problem: """
                The row is a name that Alembic resolves again at every command (head, heads, base or a branch \
                label), not the id of a revision. With the row head, every command exits 0 and the database always \
                looks up to date: new revisions never run.
                """,
            evidence: "The row, and the revision that the name resolves to today.",
            remedy: """
                Nothing records which revision was the head when the name was written, so fixVersion does not guess. \
                Find the revision that matches the schema, and record it with adminctl fixVersion --to REVISION.
                """)
    ) { context, code in
        context.faultyRows(.symbolic).map { row in
            RuleResult(
                code, .error, .corrupt,
                "Row \(SafeText.row(row.value)) of \(context.versionTableSQL) is a symbolic name, not the id of a "
                    + "revision.",
                evidence: row.because.map { ["today it resolves to \(SafeText.row($0))"] } ?? [],
                remedy: context.explicitRows())
        }
    }
}
