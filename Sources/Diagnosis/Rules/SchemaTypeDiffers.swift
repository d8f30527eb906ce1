import Schema

extension Rule {
    static let schemaTypeDiffers = Rule(
        code: "schema.typeDiffers",
        severities: [.error, .warning],
        page: Page(
            title: "a column has another type",
            problem: """
                The type of a column, or a type that columns use, differs from what the migrations created; without \
                a replay, from what the models declare.
                Error: the live type accepts less than the models write (varchar(100) instead of varchar(255), \
                integer instead of bigint), so statements fail for values that the models allow.
                Warning: no statement of the models is known to fail.
                """,
            evidence: Page.comparisonEvidence,
            remedy: """
                Change the type back when the load is low: a rewrite holds an ACCESS EXCLUSIVE lock. Or write a \
                revision that changes the type in the migrations too.
                """)
    ) { context, code in
        context.drift(
            code, context.differences(code), "type differs", "types differ",
            heading: "-- In psql, change it back; a table rewrite holds ACCESS EXCLUSIVE until it ends:",
            remedy: "# Restore the type as in the migrations; the evidence shows it.")
    }
}
