import Schema

extension Rule {
    static let schemaIndexInvalid = Rule(
        code: "schema.indexInvalid",
        page: Page(
            title: "an index is INVALID",
            problem: """
                What a CREATE INDEX CONCURRENTLY that failed leaves behind: the index is kept up to date by \
                every write and used by no query, and a unique one does not make sure of anything that was there \
                before.
                """,
            evidence: "pg_index.indisvalid.",
            remedy: """
                Build it anew with REINDEX INDEX CONCURRENTLY, or drop it.
                """)
    ) { situation, code in
        situation.drift(
            code, situation.differences(code), "index is INVALID", "indexes are INVALID",
            remedy: "# Build it anew; duplicates make a unique one fail again:"
        ) { difference in
            "REINDEX INDEX CONCURRENTLY \(difference.object);"
        }
    }
}
