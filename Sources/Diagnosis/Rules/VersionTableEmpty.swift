extension Rule {
    static let versionTableEmpty = Rule(
        code: "version.table.empty",
        page: Page(
            title: "the version table has no rows",
            problem: """
                The version table exists and is empty. Without application tables that is a fresh database, and \
                information. With them it is an error: alembic upgrade would replay every revision from the first, \
                and alembic current says nothing and exits 0.
                """,
            evidence: "The table was read and has no rows; the application tables are counted.",
            remedy: """
                Fresh: adminctl migrate. With tables: find the revision that the schema corresponds to, plan with \
                adminctl fixVersion --to REVISION, and apply it when the plan is right.
                """)
    ) { situation, code in
        guard situation.isReachable, situation.versionTableState == .empty else { return [] }
        return [situation.withoutRows(code, "the version table \(situation.versionTableSQL) is empty")]
    }
}
