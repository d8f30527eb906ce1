extension Rule {
    static let probeNotRun = Rule(
        code: "probe.notRun",
        severities: [.error, .warning],
        page: Page(
            title: "the probes could not be run",
            problem: """
                The server of the probes does not respond or refuses the role. The results of the probes are unknown \
                and count neither as passed nor as failed.
                Error: the probes run on the server in read_url, from which the application reads as well.
                Warning: the database became unavailable between its diagnosis and the probes; the next diagnosis \
                shows the cause.
                """,
            evidence: "The message of libpq or of the server, without address and password.",
            remedy: """
                Start that server, or correct read_url of the database in schemad.toml. Remove read_url to run the \
                probes on the database itself.
                """)
    ) { context, code in
        let probes = context.facts.probes.filter { $0.connectionError != nil }
        guard let first = probes.first, let connectionError = first.connectionError else { return [] }
        let isOther = first.usesReadURL
        return [
            RuleResult(
                code, isOther ? .error : .warning, isOther ? .unverified : .inSync,
                "\(probes.count) probe\(probes.count == 1 ? "" : "s") could not be run: the server is not available.",
                evidence: [connectionError],
                remedy: ["# Start that server, or correct read_url; then:", context.adminctl("diagnose --fresh")])
        ]
    }
}
