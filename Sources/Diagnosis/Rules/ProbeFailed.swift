extension Rule {
    static let probeFailed = Rule(
        code: "probe.failed",
        page: Page(
            title: "a query of a probe fails",
            problem: """
                A query that the application depends on fails in the database. An application that swallows the error \
                shows an empty list. A failure is never counted as zero rows.
                """,
            evidence: "Which of the two queries failed, with the SQLSTATE and the server's words.",
            remedy: """
                42703 and 42P01 name a column or table that is not there: see the schema's own findings. 42501 names \
                what the role lacks. 57014 is the time limit of probes, two seconds for a query.
                """)
    ) { situation, code in
        situation.facts.probes.filter { !$0.failures.isEmpty }.map { probe in
            let queries = probe.failures.map(\.query).joined(separator: " and ")
            return Observation(
                code, .error, .drifted, "Probe “\(probe.name)” fails (\(queries)).",
                evidence: probe.failures.map { failure in
                    "\(failure.query): \(failure.sqlstate.map { "[\($0)] " } ?? "")\(failure.message)"
                },
                remedy: ["# Mend what the server complains of, then:", situation.adminctl("diagnose --fresh")])
        }
    }
}
