extension Rule {
    static let serverPooler = Rule(
        code: "server.pooler",
        severities: [.warning],
        page: Page(
            title: "the connection goes through a pooler",
            problem: """
                The connection goes through a pooler such as PgBouncer. In transaction mode, two clients can share \
                one backend and both appear to hold the same advisory lock, and a session lock can remain on a \
                backend that no client owns. Therefore migrate and fixVersion are refused. Reading is safe.
                """,
            evidence: "The process id announced when the connection started differs from pg_backend_pid().",
            remedy: """
                Let url of the database name the server itself instead of the pooler. Applications may keep using \
                the pooler.
                """)
    ) { context, code in
        guard context.isReachable, context.facts.server?.pooled == true else { return [] }
        return [
            RuleResult(
                code, .warning, .inSync,
                "Database \(context.facts.database) is reached through a pooler, where locks are not reliable: migrate "
                    + "and fixVersion are refused.",
                evidence: ["the backend's process id differs from the one that was announced"],
                remedy: [
                    "# In schemad.toml, let url name the server itself (often port 5432), then:",
                    "systemctl restart schemad",
                ])
        ]
    }
}
