import Schema

extension Rule {
    static let schemaObjectDiffers = Rule(
        code: "schema.objectDiffers",
        severities: [.warning, .info],
        page: Page(
            title: "a view, function, sequence or other object differs",
            problem: """
                An object other than a table is missing, was created by hand under a name that a migration uses, or \
                has another definition than in the migrations.
                Information: only the version or the schema of an extension, or a comment, differs.
                """,
            evidence: Page.comparisonEvidence,
            remedy: """
                Restore the object as defined in the revision that created it. The evidence shows both definitions.
                """)
    ) { context, code in
        context.drift(
            code, context.differences(code), "object differs", "objects differ",
            remedy: "# Restore the definition of the migrations; the evidence shows it.")
    }
}
