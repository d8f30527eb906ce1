/// The advisory locks by which agents and runners of one database keep out of each other's way.
public enum Locks {
    /// Held by the agent, in a session of its own, while it migrates or repairs: one runner a database.
    /// The bytes of "schemad" and 1.
    public static let runner: Int64 = 0x7363_6865_6D61_6401
    /// Held shared by each connection of a migrating child. The next run needs it free: a backend that outlived its
    /// agent is found that way, on whatever host it was started. The bytes of "schemad" and 2.
    public static let fence: Int64 = 0x7363_6865_6D61_6402

    /// Tries to take the runner lock for this session, and never waits: a waiting advisory lock deadlocks with
    /// `CREATE INDEX CONCURRENTLY`. Poll, outside a transaction. Taking it twice needs two releases.
    ///
    /// - Throws: `configuration` behind a pooler, where a session's lock would stay with some backend, and where nothing
    ///   can be written: on a standby, and for a role that starts read-only.
    public static func tryRunnerLock(_ session: Session) throws(PostgresError) -> Bool {
        try refusePooler(session)
        try refuseReadOnly(session)
        return try session.query("SELECT pg_catalog.pg_try_advisory_lock($1)", ["\(runner)"]).value == "t"
    }

    /// Said before anything begins, and not by the first statement of a migration that fails.
    private static func refuseReadOnly(_ session: Session) throws(PostgresError) {
        let identity = try ServerIdentity.read(session)
        if identity.inRecovery {
            throw PostgresError(
                kind: .configuration, message: "The server is a standby, which takes no writes; nothing was run.",
                hint: "Let the url name the primary: all hosts, with target_session_attrs=read-write.")
        }
        if identity.readOnlyByDefault {
            throw PostgresError(
                kind: .configuration,
                message: "default_transaction_read_only is on for this role, so that nothing was run.",
                hint: "Set it off for the role or the database.")
        }
    }

    /// Whether this session holds the runner lock; after a reconnect it does not.
    public static func holdsRunnerLock(_ session: Session) throws(PostgresError) -> Bool {
        try isHeld(runner, by: session.backend, mode: "ExclusiveLock", session)
    }

    /// Whether no run is left over. Takes the fence exclusively for the length of one statement.
    public static func fenceIsFree(_ session: Session) throws(PostgresError) -> Bool {
        try session.query("SELECT pg_catalog.pg_try_advisory_xact_lock($1)", ["\(fence)"]).value == "t"
    }

    /// Whether that backend holds the fence shared **in the database of this session**: the proof that a child opened
    /// this database and no other.
    ///
    /// - Parameter key: the fence, unless a test says otherwise.
    public static func sees(fence key: Int64 = fence, pid: Int32, _ session: Session) throws(PostgresError) -> Bool {
        try isHeld(key, by: pid, mode: "ShareLock", session)
    }

    /// Who holds a lock in this database. What the role may not see of others is nil.
    public struct Holder: Codable, Hashable, Sendable {
        public var pid: Int32
        public var applicationName: String?
        public var user: String?
        /// RFC 3339, UTC.
        public var backendStart: String?
        /// As in `pg_stat_activity`: `active`, `idle in transaction`, …
        public var state: String?
        /// RFC 3339, UTC; of the statement that runs or ran last.
        public var queryStart: String?
    }

    /// The sessions that hold (not wait for) the lock of this key, oldest first.
    public static func holders(of key: Int64, _ session: Session) throws(PostgresError) -> [Holder] {
        let rows = try session.query(
            """
            SELECT l.pid, a.application_name, a.usename, \(time("a.backend_start")), a.state, \(time("a.query_start"))
            FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE \(isAdvisory) AND l.granted
            ORDER BY a.backend_start, l.pid
            """, halves(key))
        return rows.values.map { row in
            Holder(
                pid: Int32(row[0] ?? "") ?? 0, applicationName: row[1], user: row[2], backendStart: row[3],
                state: row[4],
                queryStart: row[5])
        }
    }

    private static func isHeld(
        _ key: Int64, by pid: Int32, mode: String, _ session: Session
    ) throws(PostgresError) -> Bool {
        let rows = try session.query(
            """
            SELECT FROM pg_catalog.pg_locks l
            WHERE \(isAdvisory) AND l.granted AND l.pid = $3::int AND l.mode = $4
            """, halves(key) + ["\(pid)", mode])
        return !rows.isEmpty
    }

    /// `pg_locks` splits a 64-bit key into classid and objid, with objsubid 1; 2 would be a pair of 32-bit keys.
    private static let isAdvisory = """
        l.locktype = 'advisory' AND l.classid = $1::oid AND l.objid = $2::oid AND l.objsubid = 1 AND l.database =
            (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        """

    private static func halves(_ key: Int64) -> [String?] {
        let bits = UInt64(bitPattern: key)
        return ["\(bits >> 32)", "\(bits & 0xFFFF_FFFF)"]
    }

    private static func time(_ expression: String) -> String {
        "pg_catalog.to_char(\(expression) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
    }

    private static func refusePooler(_ session: Session) throws(PostgresError) {
        guard session.isPooled else { return }
        throw PostgresError(
            kind: .configuration,
            message: "A pooler stands between here and PostgreSQL: a lock would not stay with us.",
            hint: "Give schemad a direct address of the server.")
    }
}
