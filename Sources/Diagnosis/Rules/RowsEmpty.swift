import Revisions

extension Rule {
    static let rowsEmpty = Rule(
        code: "version.rows.empty",
        page: Page(
            title: "a row is an empty string",
            problem: """
                The version table has a row that is empty, or nothing but blanks. Every Alembic command dies with a \
                traceback.
                """,
            evidence: "A row whose version_num has no characters but blanks.",
            remedy: """
                adminctl fixVersion plans to delete it, adminctl fixVersion --apply does it. Where no other row \
                names a revision, the revision that the schema corresponds to has to be named with --to.
                """)
    ) { situation, code in
        situation.valuelessRow(.empty, code, "an empty row")
    }
}
