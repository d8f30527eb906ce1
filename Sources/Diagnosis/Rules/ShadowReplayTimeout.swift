import Text

extension Rule {
    static let shadowReplayTimeout = Rule(
        code: "shadow.replayTimeout",
        severities: [.warning],
        page: Page(
            title: "the replay of the migrations took too long",
            problem: """
                schemad replays the migrations in a throwaway PostgreSQL, the shadow. The replay did not end within \
                replay_deadline of [shadow] in schemad.toml (10 minutes by default), and was stopped. What the \
                revision that was running and those after it create is not known, so the schema is compared only in \
                part. Often such a revision sleeps, waits for another service, or processes data that exists only \
                elsewhere. The same revision may run as long on the live database.
                """,
            evidence: """
                The revision that was running, the line of the project at which Python stood, and the functions that \
                it was in, the innermost first. schemad tries again when the project changes, and after a restart.
                """,
            remedy: """
                Let the revision skip the wait where there is no data. Or raise replay_deadline under [shadow], or \
                ship a snapshot made with schemad snapshot.
                """)
    ) { context, code in
        guard context.isReachable, let timeout = context.facts.replayTimeout else { return [] }
        let place = timeout.place ?? timeout.revision.map { "revision \($0)" } ?? "env.py"
        let what = timeout.revision.map { "in revision \($0)" } ?? "before the first revision"
        return [
            RuleResult(
                code, .warning, .inSync,
                "The replay of the migrations was stopped \(what), because it had not ended after \(timeout.limit).",
                evidence: (timeout.place.map { [$0] } ?? []) + timeout.stack,
                remedy: [
                    "# Let \(place) end without waiting. Or allow more time in schemad.toml:",
                    "# [shadow]",
                    "# replay_deadline = \"30m\"",
                    "systemctl restart schemad",
                ])
        ]
    }
}
