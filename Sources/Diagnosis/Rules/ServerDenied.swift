extension Rule {
    static let serverDenied = Rule(
        code: "server.denied",
        page: Page(
            title: "the role may not read what a diagnosis needs",
            problem: """
                The server let the agent's role in, or recognised it, and then refused it something: to connect to \
                this database, or to read its catalog. A refusal is not an absence: nothing is reported as missing.
                """,
            evidence: "The server's message; its SQLSTATE is 42501.",
            remedy: """
                Grant what the message names, for example GRANT CONNECT ON DATABASE … TO …, as the owner of the \
                database.
                """)
    ) { situation, code in
        guard case .denied(let message) = situation.facts.reachability else { return [] }
        return [
            Observation(
                code, .error, .permissionDenied,
                "The server does not let the agent's role read database \(situation.facts.database).",
                evidence: [message],
                remedy: [
                    "# Grant the role what the message names (GRANT CONNECT ON DATABASE … TO …), then:",
                    situation.adminctl("diagnose --fresh"),
                ])
        ]
    }
}
