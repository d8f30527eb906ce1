import Schema

extension Rule {
    static let serverLocked = Rule(
        code: "server.locked",
        page: Page(
            title: "a lock kept the definitions from being read",
            problem: """
                PostgreSQL makes the texts of defaults, constraints and indexes only when nobody holds the table ACCESS \
                EXCLUSIVE, or waits to. A read waits for a moment, and goes on without: the answer has the last \
                definitions that were read, or compares names and types alone.
                """,
            evidence: "The server's message.",
            remedy: """
                Find who holds the lock, and diagnose again when it is gone. A lock that stays is a migration that \
                waits behind an open transaction, or a session that somebody forgot.
                """)
    ) { situation, code in
        guard situation.isReachable, let message = situation.facts.lockMessage else { return [] }
        return [
            Observation(
                code, .warning, .inSync,
                "Database \(situation.facts.database) has a table that is locked, so that its definitions were not read.",
                evidence: [message],
                remedy: [
                    "# Who holds ACCESS EXCLUSIVE, and since when:",
                    "# SELECT pid, relation::regclass, granted FROM pg_locks WHERE mode = 'AccessExclusiveLock';",
                    situation.adminctl("diagnose --fresh"),
                ])
        ]
    }
}
