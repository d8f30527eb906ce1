import Schema

extension Rule {
    static let schemaTableDiffers = Rule(
        code: "schema.tableDiffers",
        severities: [.warning],
        page: Page(
            title: "a table's properties, triggers or policies differ",
            problem: """
                The table differs from the migrations in persistence (logged or unlogged), partitioning, inheritance \
                or row-level security, or its triggers or policies differ. A missing policy shows rows to roles that \
                must not see them, or hides rows. A missing trigger no longer runs.
                """,
            evidence: Page.comparisonEvidence,
            remedy: """
                Restore the table as defined in the revision that created it. The evidence shows both definitions.
                """)
    ) { context, code in
        context.drift(
            code, context.differences(code), "table differs", "tables differ",
            remedy: "# Restore the definition of the migrations; the evidence shows it.")
    }
}
