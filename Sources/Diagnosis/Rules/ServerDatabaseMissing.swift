extension Rule {
    static let serverDatabaseMissing = Rule(
        code: "server.databaseMissing",
        page: Page(
            title: "the server has no such database",
            problem: """
                The server answers and has no database of the name that the url gives. It was dropped or renamed, was \
                never created, or the url leads to another server. Nothing is known of revisions or schema.
                """,
            evidence: "The server's message; its SQLSTATE is 3D000.",
            remedy: """
                Correct the url of the database in schemad.toml and restart the agent, or create the database; the \
                first migrate fills it.
                """)
    ) { situation, code in
        guard case .databaseMissing(let message) = situation.facts.reachability else { return [] }
        return [
            Observation(
                code, .error, .unreachable,
                "The server answers, and has not got the database that the url of \(situation.facts.database) names.",
                evidence: [message],
                remedy: [
                    "# Create the database, or correct the url of \(situation.facts.database) in schemad.toml; then:",
                    "systemctl restart schemad",
                ])
        ]
    }
}
