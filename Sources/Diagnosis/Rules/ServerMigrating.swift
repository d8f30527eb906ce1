import Schema
import Text

extension Rule {
    static let serverMigrating = Rule(
        code: "server.migrating",
        severities: [.warning],
        page: Page(
            title: "another session is migrating, or holds locks as a migration does",
            problem: """
                A session that schemad did not start, for example alembic upgrade of a container, has changed or locked \
                the version table or tables of the schema, in a transaction that has not ended. The diagnosis shows the database \
                without these changes. A migrate that runs now waits for that session, and gives up after \
                lock_timeout.
                """,
            evidence: """
                pg_locks and pg_stat_activity: the session, its role, its application_name, the start of its \
                transaction, and what it has locked. Tables that it has created are not visible before it commits. A \
                role sees the start of other roles' transactions only as a member of pg_read_all_stats.
                """,
            remedy: """
                Let it finish, and diagnose again. To have one process only that changes the schema, remove alembic \
                upgrade from the start of the services.
                """)
    ) { context, code in
        guard context.isReachable else { return [] }
        return context.migratingSessions.map { session in
            let locked = session.lockedTables.map { $0.sql(defaultSchema: context.facts.versionTable?.schema) }
            let what =
                if session.changesVersionTable {
                    "has changed or locked \(context.versionTableSQL)"
                } else if session.buildsIndex {
                    "is building an index"
                } else if !locked.isEmpty {
                    "has locked \(SafeText.list(locked)) as DDL does"
                } else {
                    "has created relations that are not visible yet"
                }
            return RuleResult(
                code, .warning, .inSync,
                "Another session, backend \(session.pid), \(what) in database \(context.facts.database), and has not "
                    + "committed.",
                evidence: [session.text]
                    + (session.readsVersionTable
                        ? ["it has read \(context.versionTableSQL), as a migration does first"] : [])
                    + (session.hasNewRelations ? ["it has created relations that are not visible yet"] : [])
                    + (locked.isEmpty ? [] : ["locked as for DDL: \(SafeText.list(locked))"]),
                remedy: ["# Let it finish, then:", context.adminctl("diagnose --fresh")])
        }
    }
}

extension RuleContext {
    /// The sessions that change the schema for certain. New relations alone may be temporary tables: they count only
    /// together with the version table, or while revisions are pending.
    var migratingSessions: [ChangingSessionFacts] {
        facts.changingSessions.filter {
            $0.changesVersionTable || !$0.lockedTables.isEmpty
                || ($0.hasNewRelations && ($0.readsVersionTable || pending?.isEmpty == false))
        }
    }
}
