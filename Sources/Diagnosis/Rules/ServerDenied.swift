extension Rule {
    static let serverDenied = Rule(
        code: "server.denied",
        severities: [.error],
        page: Page(
            title: "the role lacks a privilege that the diagnosis needs",
            problem: """
                The server accepts the role, but does not allow it to connect to this database or to read its \
                catalog. Objects that could not be read are not reported as missing.
                """,
            evidence: "The server's message (SQLSTATE 42501).",
            remedy: """
                As the owner of the database, grant the privilege that the message names, for example GRANT CONNECT \
                ON DATABASE name TO role.
                """)
    ) { context, code in
        guard case .denied(let message) = context.facts.reachability else { return [] }
        return [
            RuleResult(
                code, .error, .permissionDenied,
                "The server does not allow schemad's role to read database \(context.facts.database).",
                evidence: [message],
                remedy: [
                    "# Grant the missing privilege (GRANT CONNECT ON DATABASE … TO …), then:",
                    context.adminctl("diagnose --fresh"),
                ])
        ]
    }
}
