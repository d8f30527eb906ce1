import Revisions

extension Rule {
    static let rowsRedundant = Rule(
        code: "version.rows.redundant",
        page: Page(
            title: "a row is implied by another",
            problem: """
                The version table has a row for a revision and another for a descendant of it, over down_revision or \
                depends_on. alembic current hides the ancestor and exits 0; alembic upgrade fails with "overlaps \
                with other requested revisions"; alembic stamp repairs nothing. A service that upgrades at boot dies \
                at each deploy.
                """,
            evidence: "The row, and the row of the descendant that implies it.",
            remedy: """
                adminctl fixVersion plans to delete the implied row, adminctl fixVersion --apply does it. No schema \
                object is touched, and the repair can be undone.
                """)
    ) { situation, code in
        situation.faultyRows(.redundant).map { row in
            let descendant = row.because.map { TerminalText.row($0) } ?? "another row"
            return Observation(
                code, .error, .corrupt,
                "Row \(TerminalText.row(row.value)) of \(situation.versionTableSQL) is redundant: \(descendant) "
                    + "already implies it.",
                evidence: ["\(TerminalText.row(row.value)) is an ancestor of \(descendant)"],
                remedy: situation.repair())
        }
    }
}
