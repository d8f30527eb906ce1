import Revisions

extension Rule {
    static let rowsEmpty = Rule(
        code: "version.rows.empty",
        severities: [.error],
        page: Page(
            title: "a version row is an empty string",
            problem: """
                The version table has a row that is empty or contains only white space. Every Alembic command fails \
                with a traceback.
                """,
            evidence: "A row whose version_num contains only white space or nothing at all.",
            remedy: """
                adminctl fixVersion plans to delete it; adminctl fixVersion --apply deletes it. If no other row \
                names a revision, find the revision that matches the schema and name it with --to.
                """)
    ) { context, code in
        context.rowsWithoutValue(.empty, code, "an empty row", "empty rows")
    }
}
