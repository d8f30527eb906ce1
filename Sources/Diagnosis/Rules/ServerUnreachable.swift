extension Rule {
    static let serverUnreachable = Rule(
        code: "server.unreachable",
        severities: [.error],
        page: Page(
            title: "the server does not respond",
            problem: """
                schemad cannot connect to the PostgreSQL server, or it lost the connection during the read. Nothing \
                is known about the database. Nothing was changed.
                """,
            evidence: "The message of libpq or of the server, without address and password.",
            remedy: """
                Start the server. If the address is wrong, correct url of the database in schemad.toml and restart \
                schemad. schemad keeps trying to connect; the next diagnosis shows when the server is back.
                """)
    ) { context, code in
        guard case .unreachable(let message) = context.facts.reachability else { return [] }
        return [
            RuleResult(
                code, .error, .unreachable,
                "The server of database \(context.facts.database) does not respond.",
                evidence: [message],
                remedy: [
                    "# Start the server, or correct url of this database in schemad.toml; then:",
                    context.adminctl("diagnose --fresh"),
                ])
        ]
    }
}
