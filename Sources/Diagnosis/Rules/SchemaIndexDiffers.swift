import Schema

extension Rule {
    static let schemaIndexDiffers = Rule(
        code: "schema.indexDiffers",
        severities: [.warning, .info],
        page: Page(
            title: "an index is missing, different or hand-made",
            problem: """
                Indexes are matched by definition.
                Warning: a missing index makes queries slow, a missing unique index admits duplicates, and an index \
                created by hand slows down every write.
                Information: only the name differs.
                """,
            evidence: Page.comparisonEvidence,
            remedy: """
                Create the index as in the migrations; on a busy table, use CONCURRENTLY. Or write a revision for an \
                index that was created by hand.
                """)
    ) { context, code in
        context.drift(
            code, context.differences(code), "index differs", "indexes differ",
            remedy: "# Restore the index as in the migrations; the evidence shows it.")
    }
}
