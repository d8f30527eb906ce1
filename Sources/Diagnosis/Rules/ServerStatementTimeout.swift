import Schema

extension Rule {
    /// Milliseconds. A shorter limit cancels ordinary statements of an application.
    static let leastStatementTimeout: Int64 = 100

    static let serverStatementTimeout = Rule(
        code: "server.statementTimeout",
        severities: [.warning],
        page: Page(
            title: "the role's statement_timeout is very short",
            problem: """
                The role, the database or the server sets statement_timeout below 100 ms. schemad uses its own \
                limits for its statements and for migrations, so its results are not affected. An application with \
                this role fails at random (SQLSTATE 57014), more often when the server is busy. Usually the unit is \
                missing: 30 means 30 milliseconds.
                """,
            evidence: "The value in a new session (pg_settings.reset_val).",
            remedy: """
                Set the timeout with a unit, for example ALTER ROLE … SET statement_timeout = '30s'. It applies to \
                new sessions.
                """)
    ) { context, code in
        guard context.isReachable, let role = context.facts.role,
            (1..<leastStatementTimeout).contains(role.statementTimeoutMs)
        else { return [] }
        return [
            RuleResult(
                code, .warning, .inSync,
                "Role \(SQLIdentifier.quoted(role.name)) has a statement_timeout of \(role.statementTimeoutMs) ms: "
                    + "ordinary statements of this role may be canceled.",
                evidence: ["statement_timeout of a new session: \(role.statementTimeoutMs) ms"],
                remedy: [
                    "# Set it with a unit; this overrides the database and postgresql.conf:",
                    "ALTER ROLE \(SQLIdentifier.quoted(role.name)) SET statement_timeout = '30s';",
                ])
        ]
    }
}
