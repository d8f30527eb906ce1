extension Rule {
    static let serverReadOnly = Rule(
        code: "server.readOnly",
        severities: [.warning],
        page: Page(
            title: "the server does not accept writes",
            problem: """
                The server is a standby, or its transactions start read-only. The diagnosis of its schema is valid, \
                but migrate and fixVersion cannot run here.
                """,
            evidence: "pg_is_in_recovery() or default_transaction_read_only, as this connection sees them.",
            remedy: """
                Let url name the primary. Or list all hosts and add target_session_attrs=read-write, so that libpq \
                finds the primary after a failover too.
                """)
    ) { context, code in
        guard context.isReachable, let server = context.facts.server, server.inRecovery || server.readOnly else {
            return []
        }
        return [
            RuleResult(
                code, .warning, .inSync,
                "The server of database \(context.facts.database) does not accept writes: migrate and "
                    + "fixVersion cannot run.",
                evidence: [server.inRecovery ? "pg_is_in_recovery() is true" : "default_transaction_read_only is on"],
                remedy: (server.inRecovery
                    ? [
                        "# In schemad.toml, let url name the primary, or list all hosts with",
                        "# target_session_attrs=read-write. Then:",
                    ]
                    : ["# Set default_transaction_read_only = off for the role or database, then:"])
                    + ["systemctl restart schemad"])
        ]
    }
}
