import Schema

extension Rule {
    static let schemaIndexInvalid = Rule(
        code: "schema.indexInvalid",
        severities: [.warning],
        page: Page(
            title: "an index is INVALID",
            problem: """
                A CREATE INDEX CONCURRENTLY failed and left the index behind. Every write maintains the index, but \
                no query uses it. A unique index in this state does not guarantee that existing rows are unique.
                """,
            evidence: "The column indisvalid of pg_index.",
            remedy: "Rebuild the index with REINDEX INDEX CONCURRENTLY, or drop it.")
    ) { context, code in
        context.drift(
            code, context.differences(code), "index is INVALID", "indexes are INVALID",
            heading: "-- In psql, rebuild it:", remedy: "# Rebuild it with REINDEX INDEX CONCURRENTLY, or drop it.")
    }
}
