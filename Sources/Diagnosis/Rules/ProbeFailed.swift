extension Rule {
    static let probeFailed = Rule(
        code: "probe.failed",
        severities: [.error],
        page: Page(
            title: "a query of a probe fails",
            problem: """
                A query that the application depends on fails in the database. An application that swallows the \
                error shows an empty list. schemad never counts a failed query as zero rows.
                """,
            evidence: "Which of the two queries failed, with the SQLSTATE and the server's message.",
            remedy: """
                42703 or 42P01: a column or table does not exist; see the schema findings.
                42501: the role lacks a privilege.
                57014: the query exceeded the limit of two seconds for a query of a probe.
                """)
    ) { context, code in
        context.facts.probes.filter { !$0.failures.isEmpty }.map { probe in
            let queries = probe.failures.map(\.query).joined(separator: " and ")
            let isOne = probe.failures.count == 1
            return RuleResult(
                code, .error, .drifted,
                "The \(queries) \(isOne ? "query" : "queries") of probe '\(probe.name)' \(isOne ? "fails" : "fail").",
                evidence: probe.failures.map { failure in
                    "\(failure.query): \(failure.sqlstate.map { "[\($0)] " } ?? "")\(failure.message)"
                },
                remedy: ["# Fix the error that the server reports, then:", context.adminctl("diagnose --fresh")])
        }
    }
}
