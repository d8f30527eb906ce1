import Schema

extension Rule {
    static let schemaObjectDiffers = Rule(
        code: "schema.objectDiffers",
        page: Page(
            title: "a view, function, sequence, schema or extension differs",
            problem: """
                An object beside the tables is missing, was made by hand under a name that a migration uses, or \
                has another definition than the migrations gave it.
                """,
            evidence:
                "The live catalog, held against a replay of the migrations at the live rows, and against the models.",
            remedy: """
                Put it back as the revision that made it has it; the evidence has both definitions.
                """)
    ) { situation, code in
        situation.drift(
            code, situation.differences(code), "object differs", "objects differ",
            remedy: "# Put it back as its revision made it; the evidence has the definitions.")
    }
}
