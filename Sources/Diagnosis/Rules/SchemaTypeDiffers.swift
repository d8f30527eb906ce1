import Schema

extension Rule {
    static let schemaTypeDiffers = Rule(
        code: "schema.typeDiffers",
        page: Page(
            title: "a column has another type",
            problem: """
                A column, or a type that columns use, is not what the migrations made of it, or, where no replay \
                is at hand, not what the models say. As an error: the type takes less than the models write \
                (varchar(100) for varchar(255), integer for bigint), so that statements fail with values that \
                fit the models. As a warning: what differs is known to break no statement of the models.
                """,
            evidence:
                "The live catalog, held against a replay of the migrations at the live rows, and against the models.",
            remedy: """
                Change the type back, on a quiet table, as a rewrite holds ACCESS EXCLUSIVE; or write a revision \
                that makes the live type the official one.
                """)
    ) { situation, code in
        situation.drift(
            code, situation.differences(code), "type differs", "types differ",
            remedy: "# Change it back; a rewrite holds ACCESS EXCLUSIVE for as long as it takes:"
        ) { difference in
            guard difference.kind == .type, let (table, column) = difference.column, let type = difference.migrations
            else { return nil }
            return "ALTER TABLE \(table) ALTER COLUMN \(column) TYPE \(type);"
        }
    }
}
