import Revisions

extension Rule {
    static let rowsSymbolic = Rule(
        code: "version.rows.symbolic",
        page: Page(
            title: "a row is a word instead of an id",
            problem: """
                The row is a word that Alembic resolves anew each time (head, heads, base, a branch label), not the \
                id of a revision. With the word head, every command exits 0 and the database counts as up to date \
                for ever, whatever revisions are added: their DDL never runs.
                """,
            evidence: "The row, and the revision that the word means today.",
            remedy: """
                Which revision was the head when the word was written is not recorded, so that fixVersion refuses to \
                guess. Find the revision that the schema corresponds to, and record it: adminctl fixVersion --to \
                REVISION.
                """)
    ) { situation, code in
        situation.faultyRows(.symbolic).map { row in
            Observation(
                code, .error, .corrupt,
                "Row \(TerminalText.row(row.value)) of \(situation.versionTableSQL) is a word that means another "
                    + "revision each time, not a revision's id.",
                evidence: row.because.map { ["today it means \(TerminalText.row($0))"] } ?? [],
                remedy: situation.explicitRows())
        }
    }
}
