import Schema

extension Rule {
    static let schemaDefaultDiffers = Rule(
        code: "schema.defaultDiffers",
        page: Page(
            title: "a column has another default, identity or generation",
            problem: """
                What fills the column when a statement gives no value differs from what the migrations made. As \
                an error: nothing fills it, and the models count on it (SQLSTATE 23502), or the database \
                computes what the models write (SQLSTATE 428C9). As a warning: what differs is known to break no \
                statement of the models.
                """,
            evidence:
                "The live catalog, held against a replay of the migrations at the live rows, and against the models.",
            remedy: """
                Set or drop the default as the migrations have it; rows that are there keep their values.
                """)
    ) { situation, code in
        situation.drift(
            code, situation.differences(code), "default differs", "defaults differ",
            remedy: "# As the migrations have it; rows that are there keep their values:"
        ) { difference in
            guard difference.kind == .default, let (table, column) = difference.column else { return nil }
            let action = difference.migrations.map { "SET DEFAULT \($0)" } ?? "DROP DEFAULT"
            return "ALTER TABLE \(table) ALTER COLUMN \(column) \(action);"
        }
    }
}
