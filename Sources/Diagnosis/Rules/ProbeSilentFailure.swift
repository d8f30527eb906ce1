extension Rule {
    static let probeSilentFailure = Rule(
        code: "probe.silentFailure",
        page: Page(
            title: "rows are counted, and none comes back",
            problem: """
                The count of a probe is positive and its other query returns no row, both in one snapshot: whoever \
                uses the application sees an empty list beside a positive total, and no error anywhere. The usual \
                causes are a filter or a join that no row passes, a row-level-security policy that hides the rows \
                from the role, and a page that begins behind the last row.
                """,
            evidence: "What the count said, and how many rows came back.",
            remedy: """
                Run both queries of the probe as the application's role and compare their conditions; then look for \
                policies on the tables (\\d in psql).
                """)
    ) { situation, code in
        situation.facts.probes.filter(\.isSilentFailure).map { probe in
            Observation(
                code, .error, .drifted, "Probe “\(probe.name)” counts rows and gets none.",
                evidence: ["count: \(probe.total ?? 0)", "rows: 0"],
                remedy: [
                    "# Compare the two queries of the probe, and the policies of their tables, then:",
                    situation.adminctl("diagnose --fresh"),
                ])
        }
    }
}
