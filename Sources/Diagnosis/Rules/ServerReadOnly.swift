extension Rule {
    static let serverReadOnly = Rule(
        code: "server.readOnly",
        page: Page(
            title: "the server takes no writes",
            problem: """
                The server is a standby, or transactions on it start read-only. What is reported about its schema is \
                right; migrate and fixVersion cannot work here.
                """,
            evidence: "pg_is_in_recovery() or default_transaction_read_only, as this connection sees them.",
            remedy: """
                Let the url name the primary: list all hosts and add target_session_attrs=read-write, so that libpq \
                finds it after a failover too.
                """)
    ) { situation, code in
        guard situation.isReachable, let server = situation.facts.server, server.inRecovery || server.readOnly else {
            return []
        }
        return [
            Observation(
                code, .warning, .inSync,
                "The server of database \(situation.facts.database) takes no writes, so that it can be diagnosed "
                    + "and neither migrated nor repaired.",
                evidence: [server.inRecovery ? "pg_is_in_recovery() is true" : "default_transaction_read_only is on"],
                remedy: [
                    server.inRecovery
                        ? "# Name the primary in the url of this database in schemad.toml, or all hosts with "
                            + "target_session_attrs=read-write; then:"
                        : "# Set default_transaction_read_only off for the role or the database; then:",
                    "systemctl restart schemad",
                ])
        ]
    }
}
