extension Rule {
    static let probeSilentFailure = Rule(
        code: "probe.silentFailure",
        severities: [.error],
        page: Page(
            title: "rows are counted, but none is returned",
            problem: """
                The count query of the probe returns a positive number, but its rows query returns no rows, both in \
                the same snapshot. Users of the application see an empty list with a positive total, and no error. \
                The usual causes are a filter or join that no row passes, a row-level security policy that hides the \
                rows from the role, and a page that starts after the last row.
                """,
            evidence: "The count, and the number of rows returned.",
            remedy: """
                Run both queries of the probe as the application's role and compare their conditions. Then check the \
                tables for policies (\\d in psql).
                """)
    ) { context, code in
        context.facts.probes.filter(\.isSilentFailure).map { probe in
            let total = probe.total ?? 0
            return RuleResult(
                code, .error, .drifted,
                "Probe '\(probe.name)' counts \(total) row\(total == 1 ? "" : "s") but returns none.",
                evidence: ["count: \(total)", "rows: 0"],
                remedy: [
                    "# Compare the probe's queries and check their tables for policies, then:",
                    context.adminctl("diagnose --fresh"),
                ])
        }
    }
}
