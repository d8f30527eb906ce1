import Schema

extension Rule {
    /// Milliseconds. A statement of an application takes a few; what is below that cuts off sound ones.
    static let leastStatementTimeout: Int64 = 100

    static let serverStatementTimeout = Rule(
        code: "server.statementTimeout",
        page: Page(
            title: "the role's statement_timeout cuts off ordinary statements",
            problem: """
                The role, the database or the server sets a statement_timeout of less than a tenth of a second. The \
                agent sets a limit of its own for its statements and for migrations, so that its answers hold; an \
                application with this role fails at random (SQLSTATE 57014), more often the busier the server is. \
                Usually the unit is missing: 30 is 30 milliseconds.
                """,
            evidence: "What a fresh session of the role gets (pg_settings.reset_val).",
            remedy: """
                Set it with its unit, for example ALTER ROLE … SET statement_timeout = '30s'. New sessions get it.
                """)
    ) { situation, code in
        guard situation.isReachable, let role = situation.facts.role,
            (1..<leastStatementTimeout).contains(role.statementTimeoutMs)
        else { return [] }
        return [
            Observation(
                code, .warning, .inSync,
                "Role \(SQLIdentifier.quoted(role.name)) has a statement_timeout of \(role.statementTimeoutMs) ms, which "
                    + "cuts off ordinary statements of whoever uses it.",
                evidence: ["statement_timeout of a fresh session: \(role.statementTimeoutMs) ms"],
                remedy: [
                    "# With its unit; where it was set for the database or in postgresql.conf, this comes before:",
                    "ALTER ROLE \(SQLIdentifier.quoted(role.name)) SET statement_timeout = '30s';",
                ])
        ]
    }
}
