extension Rule {
    static let serverDatabaseMissing = Rule(
        code: "server.databaseMissing",
        severities: [.error],
        page: Page(
            title: "the database does not exist",
            problem: """
                The server responds, but has no database of the name in url. The database was dropped or renamed, was \
                never created, or url points to another server. Nothing is known about its revisions or its schema.
                """,
            evidence: "The server's message (SQLSTATE 3D000).",
            remedy: """
                Correct url of the database in schemad.toml and restart schemad, or create the database. The first \
                adminctl migrate creates its tables.
                """)
    ) { context, code in
        guard case .databaseMissing(let message) = context.facts.reachability else { return [] }
        return [
            RuleResult(
                code, .error, .unreachable,
                "The server responds, but the database that url of \(context.facts.database) names does not exist.",
                evidence: [message],
                remedy: [
                    "# Create the database, or correct url of \(context.facts.database) in schemad.toml; then:",
                    "systemctl restart schemad",
                ])
        ]
    }
}
