import Schema
import Text

extension Rule {
    static let schemaIndexInvalid = Rule(
        code: "schema.indexInvalid",
        severities: [.warning, .info],
        page: Page(
            title: "an index is INVALID",
            problem: """
                A CREATE INDEX CONCURRENTLY failed and left the index behind. Every write maintains the index, but \
                no query uses it. A unique index in this state does not guarantee that existing rows are unique.
                Information: a session builds an index now, and an index is INVALID until it is built.
                """,
            evidence: "The column indisvalid of pg_index.",
            remedy: "Rebuild the index with REINDEX INDEX CONCURRENTLY, or drop it.")
    ) { context, code in
        let all = context.differences(code)
        if !all.isEmpty, let builder = context.facts.changingSessions.first(where: \.buildsIndex) {
            return [
                RuleResult(
                    code, .info, .inSync,
                    "\(all.count) index\(all.count == 1 ? " is" : "es are") INVALID while a session builds an index: "
                        + SafeText.list(all.map(\.object)) + ".",
                    evidence: [builder.text] + all.map(\.line),
                    remedy: ["# When the index is built:", context.adminctl("diagnose --fresh")])
            ]
        }
        let (left, built) = (all.filter(\.isLeftByPending), all.filter { !$0.isLeftByPending })
        return context.leftByPending(code, left)
            + context.drift(
                code, built, "index is INVALID", "indexes are INVALID",
                heading: "-- In psql, rebuild it:",
                remedy: "# Rebuild it with REINDEX INDEX CONCURRENTLY, or drop it.")
    }
}

extension SchemaDifference {
    /// Whether an earlier run of a pending revision left it behind.
    fileprivate var isLeftByPending: Bool { migrations == nil && revision != nil }
}

extension RuleContext {
    fileprivate func leftByPending(_ code: String, _ left: [SchemaDifference]) -> [RuleResult] {
        guard let first = left.first else { return [] }
        return [
            RuleResult(
                code, .warning, .behind,
                "Pending revision \(first.revision ?? "") left \(SafeText.list(left.map(\.object))) INVALID: with IF NOT "
                    + "EXISTS it keeps the index as it is, without it fails with 42P07.",
                evidence: left.map(\.line),
                remedy: ["-- In psql, not in a transaction; then run the revision again:"]
                    + left.map { "DROP INDEX CONCURRENTLY \($0.object);" })
        ]
    }
}
