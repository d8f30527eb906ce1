extension Rule {
    static let probeNotRun = Rule(
        code: "probe.notRun",
        page: Page(
            title: "the probes could not be run",
            problem: """
                The server that the probes ask does not answer or refuses the role. What the probes would have said is \
                not known, and counts neither as good nor as a failure. As an error: it is that of read_url, which the \
                application reads from as well. As a warning: the database itself went away between its diagnosis and \
                the probes, and the next diagnosis tells more.
                """,
            evidence: "The message of libpq or of the server, without address and password.",
            remedy: """
                Start that server or correct read_url of the database in schemad.toml; leave read_url out to run the \
                probes on the database itself.
                """)
    ) { situation, code in
        let probes = situation.facts.probes.filter { $0.obstacle != nil }
        guard let first = probes.first, let obstacle = first.obstacle else { return [] }
        let isOther = first.asksAnotherServer
        return [
            Observation(
                code, isOther ? .error : .warning, isOther ? .unverified : .inSync,
                "\(probes.count == 1 ? "1 probe" : "\(probes.count) probes") could not be run: the server that they ask "
                    + "cannot be used.",
                evidence: [obstacle],
                remedy: ["# Start that server, or correct read_url; then:", situation.adminctl("diagnose --fresh")])
        ]
    }
}
