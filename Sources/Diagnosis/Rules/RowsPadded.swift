import Revisions

extension Rule {
    static let rowsPadded = Rule(
        code: "version.rows.padded",
        page: Page(
            title: "a row has blanks around a revision's id",
            problem: """
                The row is the id of a known revision with blanks before or after it, as a statement written by hand \
                leaves it. Every Alembic command fails with "Can't locate revision identified by", and the message \
                does not show the blank.
                """,
            evidence: "The row between quotes, and the revision that it becomes without the blanks.",
            remedy: "adminctl fixVersion plans to trim it, adminctl fixVersion --apply does it.")
    ) { situation, code in
        situation.faultyRows(.padded).map { row in
            Observation(
                code, .error, .corrupt,
                "Row \(TerminalText.row(row.value)) of \(situation.versionTableSQL) has blanks around a revision's id.",
                evidence: row.because.map { ["without them it is revision \(TerminalText.row($0))"] } ?? [],
                remedy: situation.repair())
        }
    }
}
