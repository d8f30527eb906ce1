import Schema

extension Rule {
    static let schemaDefaultDiffers = Rule(
        code: "schema.defaultDiffers",
        severities: [.error, .warning],
        page: Page(
            title: "a column's default, identity or generation differs",
            problem: """
                The value that PostgreSQL fills in when a statement gives none differs from the migrations.
                Error: there is no such value although the models rely on it (SQLSTATE 23502), or PostgreSQL \
                generates a column that the models write (SQLSTATE 428C9).
                Warning: no statement of the models is known to fail.
                """,
            evidence: Page.comparisonEvidence,
            remedy: "Set or drop the default as in the migrations. Existing rows keep their values.")
    ) { context, code in
        context.drift(
            code, context.differences(code), "default differs", "defaults differ",
            heading: "-- In psql, as in the migrations; existing rows keep their values:",
            remedy: "# Set or drop the default as in the migrations; the evidence shows it.")
    }
}
