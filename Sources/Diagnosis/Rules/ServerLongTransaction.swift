import Schema
import Text

extension Rule {
    static let serverLongTransaction = Rule(
        code: "server.longTransaction",
        severities: [.warning, .info],
        page: Page(
            title: "a transaction has been open for a long time",
            problem: """
                A migration changes tables under ACCESS EXCLUSIVE locks. It waits for every transaction that has \
                accessed such a table, even only to read it. Meanwhile, later queries on the table wait behind it. \
                CREATE INDEX CONCURRENTLY waits for all older transactions of the database.
                Warning: revisions are pending, or the transaction is idle, so it was probably forgotten.
                Information: the transaction is active, for example a report or a dump, and no revision is pending.
                """,
            evidence: """
                pg_stat_activity and pg_locks: the start of the transaction, its role, its idle time and its locked \
                tables. A role sees these of other roles' sessions only as a member of pg_read_all_stats (GRANT \
                pg_read_all_stats TO …); without it, such sessions are not reported. Their statements are never \
                shown.
                """,
            remedy: """
                Let the transaction finish, or end it: pg_terminate_backend rolls it back. To prevent idle \
                transactions, set idle_in_transaction_session_timeout for the application's role. migrate itself \
                gives up after lock_timeout and leaves nothing half done.
                """)
    ) { context, code in
        guard context.isReachable else { return [] }
        let isPending = context.pending?.isEmpty == false
        return context.facts.transactions.map { transaction in
            let isWarning = transaction.idleSeconds != nil || isPending
            let name = transaction.application.isEmpty ? "" : " (\(transaction.application))"
            let open = "Session \(transaction.pid)\(name) has had a transaction open for \(span(transaction.seconds))"
            let effect = isPending ? "migrate would wait for it and give up." : "DDL would wait for it."
            let locked = transaction.lockedTables.map { $0.sql(defaultSchema: context.facts.versionTable?.schema) }
            return RuleResult(
                code, isWarning ? .warning : .info, .inSync,
                "\(open)\(transaction.idleSeconds == nil ? "" : " and is idle"); \(effect)",
                evidence: [
                    "since \(transaction.since)"
                        + (transaction.user.map { " as role \(SQLIdentifier.quoted($0))" } ?? "")
                        + (transaction.idleSeconds.map { ", idle for \(span($0))" } ?? ", active"),
                    locked.isEmpty
                        ? "no locked tables; CREATE INDEX CONCURRENTLY still waits for it"
                        : "locked tables: \(SafeText.list(locked, limit: .max))",
                ],
                remedy: [
                    "# Let it finish, or end it, which rolls it back:",
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
