import Schema

extension Rule {
    static let schemaEnumDiffers = Rule(
        code: "schema.enumDiffers",
        page: Page(
            title: "an enumeration has other labels",
            problem: """
                The labels of an enumeration, or their order, differ from what the migrations made. As an error: \
                a label that the models write is missing, and storing it fails (SQLSTATE 22P02). As a warning: \
                what differs is known to break no statement of the models.
                """,
            evidence:
                "The live catalog, held against a replay of the migrations at the live rows, and against the models.",
            remedy: """
                Add the missing label with ALTER TYPE … ADD VALUE; a label cannot be removed, so that a revision \
                has to make one that is too many official.
                """)
    ) { situation, code in
        situation.drift(
            code, situation.differences(code), "enumeration differs", "enumerations differ",
            remedy: "# Add what is missing with ALTER TYPE … ADD VALUE.")
    }
}
