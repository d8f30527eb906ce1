import Schema

extension Rule {
    static let schemaExtraColumn = Rule(
        code: "schema.extraColumn",
        page: Page(
            title: "a table has a column that no migration made",
            problem: """
                Somebody added a column by hand to a table that the migrations manage. A revision that adds it \
                later fails (SQLSTATE 42701). As an error: the column must not be NULL, has no default, and the \
                models do not know it, so that every INSERT fails (SQLSTATE 23502). As a warning: what differs \
                is known to break no statement of the models.
                """,
            evidence:
                "The live catalog, held against a replay of the migrations at the live rows, and against the models.",
            remedy: """
                Write a revision that adds the column only where it is missing; or drop it when nobody uses it.
                """)
    ) { situation, code in
        situation.drift(
            code, situation.differences(code), "column was made by hand", "columns were made by hand",
            remedy: "# Write a revision for it, or drop it when nobody uses it.")
    }
}
