extension Rule {
    static let probeNotRun = Rule(
        code: "probe.notRun",
        page: Page(
            title: "the probes could not be run",
            problem: """
                The server that the probes ask, read_url where that is set, does not answer or refuses the role. What \
                the probes would have said is not known; it counts neither as good nor as a failure.
                """,
            evidence: "The message of libpq or of the server, without address and password.",
            remedy: """
                Start that server or correct read_url of the database in schemad.toml; leave read_url out to run the \
                probes on the database itself.
                """)
    ) { situation, code in
        let probes = situation.facts.probes.filter { $0.obstacle != nil }
        guard let obstacle = probes.first?.obstacle else { return [] }
        return [
            Observation(
                code, .warning, .inSync,
                "\(probes.count == 1 ? "1 probe" : "\(probes.count) probes") could not be run: the server that they ask "
                    + "cannot be used.",
                evidence: [obstacle],
                remedy: ["# Start that server, or correct read_url; then:", situation.adminctl("diagnose --fresh")])
        ]
    }
}
