extension Rule {
    static let serverAuthentication = Rule(
        code: "server.authentication",
        severities: [.error],
        page: Page(
            title: "the server rejects the role or its password",
            problem: """
                The server responds, but refuses the login: the password is wrong, the role does not exist, or \
                pg_hba.conf does not allow the connection.
                """,
            evidence: "The server's message (SQLSTATE class 28).",
            remedy: """
                Correct url or url_file of the database in schemad.toml, or the role on the server (ALTER ROLE … \
                PASSWORD, pg_hba.conf). Then restart schemad.
                """)
    ) { context, code in
        guard case .authenticationFailed(let message) = context.facts.reachability else { return [] }
        return [
            RuleResult(
                code, .error, .permissionDenied,
                "The server rejects the role or password that schemad.toml gives for database "
                    + "\(context.facts.database).",
                evidence: [message],
                remedy: [
                    "# Correct url or url_file of this database in schemad.toml, then:",
                    "systemctl restart schemad",
                    context.adminctl("diagnose --fresh"),
                ])
        ]
    }
}
