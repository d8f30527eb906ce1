import Revisions
import Text

extension Rule {
    static let rowsRedundant = Rule(
        code: "version.rows.redundant",
        severities: [.error],
        page: Page(
            title: "a version row is implied by another row",
            problem: """
                The version table has a row for a revision and a row for one of its descendants, through \
                down_revision or depends_on. alembic current hides the ancestor and exits 0. alembic upgrade fails \
                with "overlaps with other requested revisions". alembic stamp does not repair it. A service that \
                upgrades at boot fails at every deployment.
                """,
            evidence: "The row, and the row of the descendant that implies it.",
            remedy: """
                adminctl fixVersion plans to delete the implied row; adminctl fixVersion --apply deletes it. No \
                schema object is changed, and the repair can be undone.
                """)
    ) { context, code in
        context.faultyRows(.redundant).map { row in
            let descendant = row.because.map { SafeText.row($0) } ?? "another row"
            return RuleResult(
                code, .error, .corrupt,
                "Row \(SafeText.row(row.value)) of \(context.versionTableSQL) is redundant: \(descendant) "
                    + "already implies it.",
                evidence: ["\(SafeText.row(row.value)) is an ancestor of \(descendant)"],
                remedy: context.repair())
        }
    }
}
