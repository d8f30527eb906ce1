extension Rule {
    static let serverLocked = Rule(
        code: "server.locked",
        severities: [.error, .warning],
        page: Page(
            title: "a lock prevents the read",
            problem: """
                PostgreSQL returns the text of a default, constraint or index only while no session holds or waits \
                for an ACCESS EXCLUSIVE lock on the table.
                Error: the version table is locked and there is no earlier diagnosis.
                Warning: schemad waited briefly and continued without the texts. It compared tables, columns, names \
                and types, but not the texts. If the version table itself is locked, schemad repeats the last \
                diagnosis and shows its age.
                """,
            evidence: "The server's message, and the sessions that hold such a lock now.",
            remedy: """
                Find the session that holds the lock, and diagnose again when the lock is released. A lock that \
                remains usually belongs to a migration that waits for an open transaction, or to a forgotten session.
                """)
    ) { context, code in
        if case .locked(let message) = context.facts.reachability {
            return [
                RuleResult(
                    code, .error, .unreachable,
                    "The version table of database \(context.facts.database) is locked: its rows cannot be read.",
                    evidence: [message] + context.facts.changingSessions.map(\.text),
                    remedy: context.findingTheHolder)
            ]
        }
        guard context.isReachable, let message = context.facts.lockMessage else { return [] }
        return [
            RuleResult(
                code, .warning, .inSync,
                "A table of database \(context.facts.database) is locked: definitions were not read.",
                evidence: [message] + context.facts.changingSessions.map(\.text), remedy: context.findingTheHolder)
        ]
    }
}

extension RuleContext {
    fileprivate var findingTheHolder: [String] {
        [
            "# Find the session that holds the lock; pg_terminate_backend(pid) ends it:",
            "SELECT l.pid, l.relation::regclass, l.granted, a.application_name, a.state, a.xact_start FROM pg_locks l "
                + "JOIN pg_stat_activity a USING (pid) WHERE l.mode = 'AccessExclusiveLock';",
            "# When the lock is released:", adminctl("diagnose --fresh"),
        ]
    }
}

extension Finding {
    /// Accompanies an earlier diagnosis that is repeated, because the version table is locked now.
    ///
    /// - Parameters:
    ///   - message: the server's.
    ///   - holders: the sessions that change something now.
    public static func versionTableLocked(
        database: String, message: String, holders: [ChangingSessionFacts]
    ) -> Finding {
        let context = RuleContext(Facts(database: database))
        return RuleResult(
            Rule.serverLocked.code, .warning, .inSync,
            "The version table of database \(database) is locked: this is the last diagnosis that could be made.",
            evidence: [message] + holders.map(\.text), remedy: context.findingTheHolder
        ).finding
    }
}
