extension Rule {
    static let shadowUnavailable = Rule(
        code: "shadow.unavailable",
        severities: [.warning, .info],
        page: Page(
            title: "the shadow database is not available",
            problem: """
                schemad replays the migrations in a throwaway PostgreSQL, the shadow, and that is not available. \
                Without a replay, only the models are compared, by names, types and nullability. Constraints, \
                indexes, defaults and manual changes are not compared.
                Warning: the shadow's folder is full, or the server in url of [shadow] refuses the connection.
                Information: PostgreSQL's server programs are not installed; a snapshot can replace the shadow.
                """,
            evidence: "The error that occurred. schemad tries again after five minutes.",
            remedy: """
                Install PostgreSQL's server programs, free space in TMPDIR, or correct [shadow] in schemad.toml. Or \
                ship a snapshot made with schemad snapshot. If you do not want a replay, set enabled = false under \
                [shadow].
                """)
    ) { context, code in
        guard context.isReachable, let problem = context.facts.shadowProblem, problem.cause != .notListening else {
            return []
        }
        let lines = problem.reason.split(whereSeparator: \.isNewline).map(String.init)
        return [
            RuleResult(
                code, problem.cause == .notInstalled ? .info : .warning, .inSync,
                "The migrations were not replayed: \(lines.first ?? "the shadow is not available").",
                evidence: Array(lines.dropFirst()),
                remedy: [
                    "# Fix it, or disable the replay ([shadow] enabled = false); then:",
                    "systemctl restart schemad",
                ])
        ]
    }
}
