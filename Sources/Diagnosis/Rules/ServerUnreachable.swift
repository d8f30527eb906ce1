extension Rule {
    static let serverUnreachable = Rule(
        code: "server.unreachable",
        page: Page(
            title: "the server does not answer",
            problem: """
                No connection to the PostgreSQL server could be made, or the link was lost during the read. Nothing \
                is known about the database; nothing was changed.
                """,
            evidence: "The message of libpq or of the server, without address and password.",
            remedy: """
                Start the server, or correct the url of the database in schemad.toml and restart the agent. The \
                agent keeps trying by itself, and the next diagnosis tells when the server is back.
                """)
    ) { situation, code in
        guard case .unreachable(let message) = situation.facts.reachability else { return [] }
        return [
            Observation(
                code, .error, .unreachable,
                "The server of database \(situation.facts.database) does not answer.",
                evidence: [message],
                remedy: [
                    "# Start the server, or correct the url of this database in schemad.toml; then:",
                    situation.adminctl("diagnose --fresh"),
                ])
        ]
    }
}
