extension Rule {
    static let serverPooler = Rule(
        code: "server.pooler",
        page: Page(
            title: "a pooler stands between the agent and the server",
            problem: """
                The connection goes through a pooler such as PgBouncer. In transaction mode two clients can share \
                one backend and so both "hold" the same advisory lock, and a session lock can stay behind on a \
                backend that nobody owns. migrate and fixVersion are refused there; reading is safe.
                """,
            evidence: """
                The process id that the protocol announced is not the one of the backend that answers \
                (pg_backend_pid()).
                """,
            remedy: """
                Let the url of the database name the server itself, not the pooler. Applications may keep using the \
                pooler.
                """)
    ) { situation, code in
        guard situation.isReachable, situation.facts.server?.pooled == true else { return [] }
        return [
            Observation(
                code, .warning, .inSync,
                "The url of database \(situation.facts.database) leads through a pooler, where locks hold nothing, "
                    + "so that migrate and fixVersion are refused.",
                evidence: ["the announced backend is not the one that answers"],
                remedy: [
                    "# Let the url of this database in schemad.toml name the server itself (often port 5432), then:",
                    "systemctl restart schemad",
                ])
        ]
    }
}
