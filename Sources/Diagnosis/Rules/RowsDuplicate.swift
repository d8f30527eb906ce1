import Revisions
import Text

extension Rule {
    static let rowsDuplicate = Rule(
        code: "version.rows.duplicate",
        severities: [.error],
        page: Page(
            title: "a version row is stored more than once",
            problem: """
                The version table has the same row several times. This is possible only if its primary key is \
                missing. alembic current exits 0; alembic upgrade fails with "expected to match one row … 2 found".
                """,
            evidence: "The row that repeats an earlier one.",
            remedy: """
                adminctl fixVersion plans to keep one of them; adminctl fixVersion --apply deletes the others. Then \
                restore the primary key.
                """)
    ) { context, code in
        context.faultyRows(.duplicate).map { row in
            RuleResult(
                code, .error, .corrupt,
                "Row \(SafeText.row(row.value)) of \(context.versionTableSQL) is stored more than once.",
                evidence: ["the table has no primary key that prevents this"],
                remedy: context.repair()
                    + ["ALTER TABLE \(context.versionTableSQL) ADD PRIMARY KEY (version_num);"])
        }
    }
}
