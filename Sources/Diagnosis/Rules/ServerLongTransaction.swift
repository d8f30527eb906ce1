import Schema

extension Rule {
    static let serverLongTransaction = Rule(
        code: "server.longTransaction",
        page: Page(
            title: "a transaction has been open for long",
            problem: """
                A migration changes tables under ACCESS EXCLUSIVE locks. It waits for every transaction that has so \
                much as read such a table, and while it waits every later query on that table waits behind it; CREATE \
                INDEX CONCURRENTLY waits for all older transactions of the database. As a warning: revisions are \
                pending, or the transaction is idle, so that a program forgot it or a person went away. As \
                information: a long report or a dump is at work, and nothing has to be migrated.
                """,
            evidence: """
                pg_stat_activity and pg_locks: since when, who, idle or not, and which tables are locked. Of other \
                roles' sessions a role sees that only as a member of pg_read_all_stats (GRANT pg_read_all_stats TO …); \
                without it they are not reported. Their statements are never shown.
                """,
            remedy: """
                Let it end, or end it: pg_terminate_backend rolls it back. idle_in_transaction_session_timeout of the \
                application's role keeps it from happening again. migrate itself gives up after lock_timeout and \
                leaves nothing half done.
                """)
    ) { situation, code in
        guard situation.isReachable else { return [] }
        let isPending = situation.pending?.isEmpty == false
        return situation.facts.transactions.map { transaction in
            let isGrave = transaction.idleSeconds != nil || isPending
            let name = transaction.application.isEmpty ? "" : " (\(transaction.application))"
            let open = "Session \(transaction.pid)\(name) has had a transaction open for \(span(transaction.seconds))"
            let effect = isPending ? "migrate would wait for it and give up." : "DDL would wait for it."
            let locked = transaction.lockedTables.map { $0.sql(defaultSchema: situation.facts.versionTable?.schema) }
            return Observation(
                code, isGrave ? .warning : .info, .inSync,
                "\(open)\(transaction.idleSeconds == nil ? "" : " and does nothing"); \(effect)",
                evidence: [
                    "since \(transaction.since)"
                        + (transaction.user.map { " as role \(SQLIdentifier.quoted($0))" } ?? "")
                        + (transaction.idleSeconds.map { ", idle for \(span($0))" } ?? ", at work"),
                    locked.isEmpty
                        ? "it has locked no table; CREATE INDEX CONCURRENTLY waits for it all the same"
                        : "it has locked \(TerminalText.list(locked))",
                ],
                remedy: [
                    "# Let it end by itself, or end it, which rolls it back:",
                    "SELECT pg_terminate_backend(\(transaction.pid));",
                ])
        }
    }

    private static func span(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}
