public import Schema

/// An open transaction of another session in the same database.
public struct OpenTransaction: Hashable, Sendable {
    public var pid: Int32
    public var user: String?
    public var applicationName: String
    /// RFC 3339, UTC.
    public var since: String
    public var seconds: Int64
    /// How long the session has been idle in the transaction, in seconds; nil while a statement runs.
    public var idleSeconds: Int64?
    /// The user tables, views and sequences that it has locked, sorted.
    public var lockedTables: [TableName] = []

    /// The maximum number of transactions to return; the oldest ones matter most.
    private static let limit = 10

    /// The transactions that have been open for at least `seconds`, the oldest first, without those of schemad's own
    /// sessions.
    ///
    /// Runs a single statement when there are none. PostgreSQL hides the start time of other roles' transactions from a
    /// role that is not a member of `pg_read_all_stats`; those transactions are omitted.
    ///
    /// - Throws: errors of the connection.
    public static func read(_ session: Session, atLeast seconds: Int64) throws(PostgresError) -> [OpenTransaction] {
        var transactions = try session.query(
            """
            SELECT pid, usename, application_name,
                   pg_catalog.to_char(xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                   extract(epoch FROM pg_catalog.clock_timestamp() - xact_start)::int8,
                   CASE WHEN state LIKE 'idle in transaction%'
                        THEN extract(epoch FROM pg_catalog.clock_timestamp() - state_change)::int8 END
            FROM pg_catalog.pg_stat_activity
            WHERE datname = pg_catalog.current_database() AND backend_type = 'client backend'
              AND pid <> pg_catalog.pg_backend_pid() AND application_name NOT LIKE 'schemad %'
              AND xact_start < pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => $1::pg_catalog.int8)
            ORDER BY xact_start, pid LIMIT \(limit)
            """, ["\(seconds)"]
        ).values.map { row in
            OpenTransaction(
                pid: row[0].flatMap { Int32($0) } ?? 0, user: row[1], applicationName: row[2] ?? "",
                since: row[3] ?? "", seconds: row[4].flatMap { Int64($0) } ?? 0,
                idleSeconds: row[5].flatMap { Int64($0) })
        }
        guard !transactions.isEmpty else { return [] }
        let locks = try session.query(
            """
            SELECT DISTINCT l.pid, n.nspname, c.relname
            FROM pg_catalog.pg_locks l
            JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind IN (\(CatalogSQL.tableKinds), 'S')
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND \(CatalogSQL.isUserSchema)
            WHERE l.locktype = 'relation' AND l.granted AND l.pid = ANY ($1::pg_catalog.int4[])
              AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
            """, ["{\(transactions.map { "\($0.pid)" }.joined(separator: ","))}"]
        ).values
        for index in transactions.indices {
            transactions[index].lockedTables =
                locks
                .filter { $0[0] == "\(transactions[index].pid)" }
                .map { TableName(schema: $0[1] ?? "", name: $0[2] ?? "") }
                .sorted()
        }
        return transactions
    }
}
