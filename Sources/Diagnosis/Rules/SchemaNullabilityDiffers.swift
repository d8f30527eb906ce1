import Schema

extension Rule {
    static let schemaNullabilityDiffers = Rule(
        code: "schema.nullabilityDiffers",
        page: Page(
            title: "a column takes NULL, or does not, against what is expected",
            problem: """
                The column's NOT NULL differs. As an error: the column must not be NULL, has no default, and the \
                models leave it out or give it NULL, so that statements fail (SQLSTATE 23502). As a warning: \
                what differs is known to break no statement of the models.
                """,
            evidence:
                "The live catalog, held against a replay of the migrations at the live rows, and against the models.",
            remedy: """
                Set or drop NOT NULL as the migrations have it; setting it reads the whole table under ACCESS \
                EXCLUSIVE, unless a valid CHECK (… IS NOT NULL) proves it.
                """)
    ) { situation, code in
        situation.drift(
            code, situation.differences(code), "column differs in NOT NULL", "columns differ in NOT NULL",
            remedy: "# As the migrations have it; SET NOT NULL reads the whole table:"
        ) { difference in
            guard let (table, column) = difference.column, let wanted = difference.migrations else { return nil }
            return "ALTER TABLE \(table) ALTER COLUMN \(column) \(wanted == "NULL" ? "DROP" : "SET") NOT NULL;"
        }
    }
}
