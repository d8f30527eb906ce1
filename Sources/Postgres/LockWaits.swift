/// A session for which another one waits.
public struct Blocker: Codable, Hashable, Sendable {
    /// 0 for a prepared transaction, which has no session.
    public var pid: Int32
    public var user: String?
    /// May be empty.
    public var applicationName: String?
    /// As in `pg_stat_activity`: `active`, `idle in transaction`, …; nil where the role may not see it.
    public var state: String?
    /// How long its transaction has been open, in milliseconds; nil where the role may not see it.
    public var transactionAgeMs: Int64?
    /// Its current or last statement, at most 1,000 characters; may contain values of the application. Nil where the
    /// role may not see it.
    public var query: String?

    public init(
        pid: Int32, user: String? = nil, applicationName: String? = nil, state: String? = nil,
        transactionAgeMs: Int64? = nil, query: String? = nil
    ) {
        self.pid = pid
        self.user = user
        self.applicationName = applicationName
        self.state = state
        self.transactionAgeMs = transactionAgeMs
        self.query = query
    }
}

/// The backends of a job, and the sessions that keep them waiting.
public enum LockWaits {
    /// The sessions for which some backend of a job waits now, the oldest transaction first; empty when none waits.
    ///
    /// - Parameter application: the `application_name` of the job's sessions. Those that hold the fence count as well:
    ///   env.py may set a name of its own.
    /// - Throws: errors of the connection.
    public static func blockers(of application: String, _ session: Session) throws(PostgresError) -> [Blocker] {
        let rows = try session.query(
            """
            SELECT b.pid, a.usename, a.application_name, a.state,
                   (extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000)::pg_catalog.int8,
                   CASE WHEN a.query <> '<insufficient privilege>' THEN pg_catalog.left(a.query, 1000) END
            FROM (SELECT DISTINCT pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) AS pid
                  FROM pg_catalog.pg_stat_activity w
                  WHERE w.datname = pg_catalog.current_database() AND w.pid <> pg_catalog.pg_backend_pid()
                    AND (w.application_name = $1 OR w.pid IN (\(Locks.fenceHolders)))) b
            LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
            ORDER BY a.xact_start, b.pid LIMIT 10
            """, [application])
        return rows.values.map { row in
            Blocker(
                pid: row[0].flatMap { Int32($0) } ?? 0, user: row[1], applicationName: row[2], state: row[3],
                transactionAgeMs: row[4].flatMap { Int64($0) }, query: row[5])
        }
    }

    /// Cancels the statements that the backends of a job execute now. A COMMIT is left alone: it cannot be undone.
    ///
    /// - Parameter application: as for ``blockers(of:_:)``.
    /// - Throws: errors of the connection.
    public static func cancelStatements(of application: String, _ session: Session) throws(PostgresError) {
        try session.query(
            """
            SELECT pg_catalog.pg_cancel_backend(a.pid) FROM pg_catalog.pg_stat_activity a
            WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
              AND a.state = 'active' AND a.query !~* '^\\s*(commit|end|prepare\\s+transaction)\\y'
              AND (a.application_name = $1 OR a.pid IN (\(Locks.fenceHolders)))
            """, [application])
    }
}
