extension Rule {
    static let serverAuthentication = Rule(
        code: "server.authentication",
        page: Page(
            title: "the server refuses the role or its password",
            problem: """
                The server answers and does not let the agent's role in: a wrong password, an unknown role, or \
                pg_hba.conf.
                """,
            evidence: "The server's message; its SQLSTATE is of class 28.",
            remedy: """
                Correct url or url_file of the database in schemad.toml, or the role on the server (ALTER ROLE … \
                PASSWORD, pg_hba.conf), and restart the agent.
                """)
    ) { situation, code in
        guard case .authenticationFailed(let message) = situation.facts.reachability else { return [] }
        return [
            Observation(
                code, .error, .permissionDenied,
                "The server refuses the role or the password that the settings give for database "
                    + "\(situation.facts.database).",
                evidence: [message],
                remedy: [
                    "# Correct url or url_file of this database in schemad.toml, then:",
                    "systemctl restart schemad",
                    situation.adminctl("diagnose --fresh"),
                ])
        ]
    }
}
