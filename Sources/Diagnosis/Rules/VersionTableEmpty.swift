extension Rule {
    static let versionTableEmpty = Rule(
        code: "version.table.empty",
        severities: [.error, .info],
        page: Page(
            title: "the version table is empty",
            problem: """
                The version table exists but has no rows.
                Error: there are application tables. alembic upgrade would run every revision from the first, while \
                alembic current prints nothing and exits 0.
                Information: there are no application tables either, so the database is fresh.
                """,
            evidence: "The version table has no rows. The application tables are counted.",
            remedy: """
                Fresh database: run adminctl migrate.
                With application tables: find the revision that matches the schema, plan with adminctl fixVersion \
                --to REVISION, and apply the plan if it is right.
                """)
    ) { context, code in
        guard context.isReachable, context.versionTableState == .empty,
            context.facts.formerVersionTables.isEmpty
        else { return [] }
        return [context.withoutRows(code, "the version table \(context.versionTableSQL) is empty")]
    }
}
