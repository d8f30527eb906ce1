extension Rule {
    static let shadowUnavailable = Rule(
        code: "shadow.unavailable",
        page: Page(
            title: "the shadow cannot be made",
            problem: """
                The migrations are replayed in a throwaway PostgreSQL, and that could not be had: the programs of the \
                server are not installed (as information: a snapshot serves as well), its folder is full, or the server that [shadow] url names refuses. Without a \
                replay the models alone are compared, by names, types and nullability; constraints, indexes, defaults \
                and what somebody changed by hand are not seen.
                """,
            evidence: "What kept the shadow from being made. It is tried again after five minutes.",
            remedy: """
                Install PostgreSQL's server programs, make room in TMPDIR, or correct [shadow] in schemad.toml; or ship \
                a snapshot that schemad snapshot made. [shadow] enabled = false says that no replay is wanted.
                """)
    ) { situation, code in
        guard situation.isReachable, let problem = situation.facts.shadowProblem else { return [] }
        let lines = problem.reason.split(whereSeparator: \.isNewline).map(String.init)
        return [
            Observation(
                code, problem.isExpected ? .info : .warning, .inSync,
                "The migrations were not replayed, because \(lines.first ?? "of no reason").",
                evidence: Array(lines.dropFirst()),
                remedy: [
                    "# Mend it, or set enabled = false in [shadow] of schemad.toml if no replay is wanted; then:",
                    "systemctl restart schemad",
                ])
        ]
    }
}
