import Schema

extension Rule {
    static let schemaExtraColumn = Rule(
        code: "schema.extraColumn",
        severities: [.error, .warning],
        page: Page(
            title: "a table has a column that no migration created",
            problem: """
                A table that the migrations manage has a column that no revision makes: it was added by hand, or by \
                the application itself. A later revision that adds it fails (SQLSTATE 42701).
                Error: the column is NOT NULL without a default and the models do not know it, so every INSERT fails \
                (SQLSTATE 23502).
                Warning: no statement of the models is known to fail.
                """,
            evidence: Page.comparisonEvidence,
            remedy: """
                Write a revision that adds the column only if it is missing. Or drop the column if it is not used.
                """)
    ) { context, code in
        context.drift(
            code, context.differences(code), "column is in no revision", "columns are in no revision",
            remedy: "# Write a revision for it, or remove it if it is not used.")
    }
}
