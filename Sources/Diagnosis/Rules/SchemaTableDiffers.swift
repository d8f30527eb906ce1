import Schema

extension Rule {
    static let schemaTableDiffers = Rule(
        code: "schema.tableDiffers",
        page: Page(
            title: "a table differs in kind, partitioning, triggers or policies",
            problem: """
                The table is logged or unlogged, partitioned, inherited or secured by row otherwise than the \
                migrations made it, or its triggers and policies differ. A missing policy shows rows to those \
                who must not see them, or hides them; a missing trigger leaves undone what it did.
                """,
            evidence:
                "The live catalog, held against a replay of the migrations at the live rows, and against the models.",
            remedy: """
                Put it back as the revision that made it has it; the evidence has both definitions.
                """)
    ) { situation, code in
        situation.drift(
            code, situation.differences(code), "table differs", "tables differ",
            remedy: "# Put it back as its revision made it; the evidence has the definitions.")
    }
}
