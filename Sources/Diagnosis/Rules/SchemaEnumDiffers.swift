import Schema

extension Rule {
    static let schemaEnumDiffers = Rule(
        code: "schema.enumDiffers",
        severities: [.error, .warning],
        page: Page(
            title: "an enum type has other labels",
            problem: """
                The labels of an enum type, or their order, differ from what the migrations created.
                Error: a label that the models write is missing, so storing it fails (SQLSTATE 22P02).
                Warning: no statement of the models is known to fail.
                """,
            evidence: Page.comparisonEvidence,
            remedy: """
                Add a missing label with ALTER TYPE … ADD VALUE. PostgreSQL cannot remove a label: write a revision \
                that adds the extra label.
                """)
    ) { context, code in
        context.drift(
            code, context.differences(code), "enum type differs", "enum types differ",
            remedy: "# Restore the labels of the migrations; the evidence shows them.")
    }
}
