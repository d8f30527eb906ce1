import Revisions

extension Rule {
    static let rowsDuplicate = Rule(
        code: "version.rows.duplicate",
        page: Page(
            title: "a row is there more than once",
            problem: """
                The version table has the same row several times, which is possible only without its primary key. \
                alembic current exits 0; alembic upgrade fails with "expected to match one row … 2 found".
                """,
            evidence: "The row that repeats an earlier one.",
            remedy: """
                adminctl fixVersion plans to keep one of them, adminctl fixVersion --apply does it. Then restore the \
                primary key.
                """)
    ) { situation, code in
        situation.faultyRows(.duplicate).map { row in
            Observation(
                code, .error, .corrupt,
                "Row \(TerminalText.row(row.value)) of \(situation.versionTableSQL) is there more than once.",
                evidence: ["the table has no primary key that would forbid it"],
                remedy: situation.repair()
                    + ["ALTER TABLE \(situation.versionTableSQL) ADD PRIMARY KEY (version_num);"])
        }
    }
}
