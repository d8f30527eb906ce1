extension Rule {
    static let serverLocked = Rule(
        code: "server.locked",
        page: Page(
            title: "a lock kept the definitions, or the version rows, from being read",
            problem: """
                PostgreSQL makes the texts of defaults, constraints and indexes only when nobody holds the table ACCESS \
                EXCLUSIVE, or waits to. A read waits for a moment, and goes on without: tables, columns, names and types \
                are compared, the texts are not. Where the version table itself is locked, the last answer holds, with \
                its age; as an error: there is none yet, and nothing can be said of the database.
                """,
            evidence: "The server's message.",
            remedy: """
                Find who holds the lock, and diagnose again when it is gone. A lock that stays is a migration that \
                waits behind an open transaction, or a session that somebody forgot.
                """)
    ) { situation, code in
        if case .locked(let message) = situation.facts.reachability {
            return [
                Observation(
                    code, .error, .unreachable,
                    "The version table of database \(situation.facts.database) is locked, so that not even its rows "
                        + "can be read.", evidence: [message], remedy: situation.findingTheHolder)
            ]
        }
        guard situation.isReachable, let message = situation.facts.lockMessage else { return [] }
        return [
            Observation(
                code, .warning, .inSync,
                "Database \(situation.facts.database) has a table that is locked, so that its definitions were not read.",
                evidence: [message], remedy: situation.findingTheHolder)
        ]
    }
}

extension Situation {
    fileprivate var findingTheHolder: [String] {
        [
            "# Who holds a lock that keeps everybody out, and since when; pg_terminate_backend(pid) ends such a session:",
            "SELECT l.pid, l.relation::regclass, l.granted, a.application_name, a.state, a.xact_start FROM pg_locks l "
                + "JOIN pg_stat_activity a USING (pid) WHERE l.mode = 'AccessExclusiveLock';",
            "# When it is gone:", adminctl("diagnose --fresh"),
        ]
    }
}

extension Finding {
    /// What goes with an earlier answer that is given again, because the version table is locked now.
    ///
    /// - Parameter message: the server's.
    public static func lockedSince(database: String, message: String) -> Finding {
        let situation = Situation(Facts(database: database))
        return Observation(
            Rule.serverLocked.code, .warning, .inSync,
            "The version table of database \(database) is locked: this is the last answer that could be read.",
            evidence: [message], remedy: situation.findingTheHolder
        ).finding
    }
}
