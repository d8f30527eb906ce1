import Schema

extension Rule {
    static let schemaNullabilityDiffers = Rule(
        code: "schema.nullabilityDiffers",
        severities: [.error, .warning],
        page: Page(
            title: "a column's NOT NULL differs",
            problem: """
                The column is NOT NULL and should accept NULL, or vice versa.
                Error: the column is NOT NULL without a default, and the models leave it out or write NULL, so \
                statements fail (SQLSTATE 23502).
                Warning: no statement of the models is known to fail.
                """,
            evidence: Page.comparisonEvidence,
            remedy: """
                Set or drop NOT NULL as in the migrations. SET NOT NULL reads the whole table under ACCESS \
                EXCLUSIVE, unless a valid CHECK (… IS NOT NULL) constraint proves it.
                """)
    ) { context, code in
        context.drift(
            code, context.differences(code), "column differs in NOT NULL", "columns differ in NOT NULL",
            heading: "-- In psql, as in the migrations; SET NOT NULL reads the whole table:",
            remedy: "# Set or drop NOT NULL as in the migrations.")
    }
}
