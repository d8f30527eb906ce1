public import Schema

/// A session of another program that has changed, or is changing, the schema or the version table in a transaction that
/// has not ended.
public struct ChangingSession: Hashable, Sendable {
    public var pid: Int32
    public var user: String?
    /// May be empty.
    public var applicationName: String
    /// The start of its transaction: RFC 3339, UTC; nil where the role may not see it.
    public var since: String?
    /// Whether it has changed the version table, or has locked it against others.
    public var changesVersionTable = false
    /// Whether it has only read the version table so far, as a migration does first.
    public var readsVersionTable = false
    /// Whether it has created tables or indexes that others do not see yet; temporary ones count as well.
    public var hasNewRelations = false
    /// The tables and views that it holds locked as DDL does, sorted; without the version table.
    public var lockedTables: [TableName] = []
    /// Whether it builds an index now.
    public var buildsIndex = false

    public init(pid: Int32, user: String? = nil, applicationName: String = "", since: String? = nil) {
        self.pid = pid
        self.user = user
        self.applicationName = applicationName
        self.since = since
    }

    /// More locks than any diagnosis shows.
    private static let limit = 1_000

    /// The sessions that change something in this database now, by process id, without those of schemad and of its runs.
    ///
    /// Runs a single statement, which waits for no lock of a table.
    ///
    /// - Throws: errors of the connection.
    public static func read(_ session: Session, versionTable: TableName) throws(PostgresError) -> [ChangingSession] {
        let rows = try session.query(
            """
            SELECT l.pid, a.usename, a.application_name,
                   pg_catalog.to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                   n.nspname, c.relname, l.mode, c.relkind, p.pid IS NOT NULL
            FROM pg_catalog.pg_locks l
            JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid AND a.usesysid IS NOT NULL
            LEFT JOIN pg_catalog.pg_stat_progress_create_index p ON p.pid = l.pid
            LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
              AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
              AND a.application_name NOT LIKE 'schemad %' AND l.pid NOT IN (\(Locks.fenceHolders))
              AND (c.oid IS NULL
                   OR (n.nspname = $1 AND c.relname = $2)
                   OR (\(CatalogSQL.isUserSchema) AND c.relkind IN (\(CatalogSQL.tableKinds))
                       AND (l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'AccessExclusiveLock')
                            OR (l.mode = 'ShareUpdateExclusiveLock' AND p.pid IS NOT NULL))))
            ORDER BY l.pid LIMIT \(limit)
            """, [versionTable.schema, versionTable.name])
        var sessions: [ChangingSession] = []
        for row in rows.values {
            let pid = row[0].flatMap { Int32($0) } ?? 0
            if sessions.last?.pid != pid {
                sessions.append(
                    ChangingSession(pid: pid, user: row[1], applicationName: row[2] ?? "", since: row[3]))
            }
            sessions[sessions.count - 1].add(row, versionTable)
        }
        return sessions.filter(\.changes).map { session in
            var session = session
            session.lockedTables = Set(session.lockedTables).sorted()
            return session
        }
    }

    private mutating func add(_ row: [String?], _ versionTable: TableName) {
        if row[8] == "t" { buildsIndex = true }
        guard let schema = row[4], let name = row[5] else {
            // Nobody else sees the row of pg_class yet.
            if row[6] == "AccessExclusiveLock" { hasNewRelations = true }
            return
        }
        let table = TableName(schema: schema, name: name)
        guard table == versionTable else { return lockedTables.append(table) }
        switch row[6] {
        case "AccessShareLock", "RowShareLock": readsVersionTable = true
        default: changesVersionTable = true
        }
    }

    private var changes: Bool { changesVersionTable || hasNewRelations || !lockedTables.isEmpty }
}
