import Glibc

/// The advisory locks that coordinate agents and runners of one database.
public enum Locks {
    /// Held exclusively by the agent, in a dedicated session, while it migrates or repairs: one run per database.
    /// The bytes of "schemad" and 1.
    public static let runner: Int64 = 0x7363_6865_6D61_6401
    /// Held shared by every backend that writes for a job: by each connection of the process that runs a migration, and
    /// by the transactions of repairs and alignments. The next run, and the conclusion of a job, require it to be free,
    /// which detects a backend that outlived its agent, regardless of the host it was started from. The bytes of
    /// "schemad" and 2.
    public static let fence: Int64 = 0x7363_6865_6D61_6402

    /// Tries to take the runner lock for this session without waiting: waiting for an advisory lock deadlocks with
    /// `CREATE INDEX CONCURRENTLY`. Poll outside a transaction. Each successful call needs its own release.
    ///
    /// - Throws: `configuration` behind a pooler, where the lock would belong to an arbitrary backend, and where writes
    ///   are impossible: on a standby, and for a role with `default_transaction_read_only`.
    public static func tryRunnerLock(_ session: Session) throws(PostgresError) -> Bool {
        try refusePooler(session)
        try refuseReadOnly(session)
        return try session.query("SELECT pg_catalog.pg_try_advisory_lock($1)", ["\(runner)"]).value == "t"
    }

    /// Checked before a run starts, so that it does not fail at the first statement of a migration.
    private static func refuseReadOnly(_ session: Session) throws(PostgresError) {
        let identity = try ServerIdentity.read(session)
        if identity.inRecovery {
            throw PostgresError(
                kind: .configuration, message: "The server is a standby and accepts no writes. Nothing was run.",
                hint: "Set url to the primary: list all hosts, with target_session_attrs=read-write.")
        }
        if identity.readOnlyByDefault {
            throw PostgresError(
                kind: .configuration,
                message: "default_transaction_read_only is on for this role. Nothing was run.",
                hint: "Turn it off for the role or the database.")
        }
    }

    /// Whether this session holds the runner lock; after a reconnect it does not.
    public static func holdsRunnerLock(_ session: Session) throws(PostgresError) -> Bool {
        try isHeld(runner, by: session.backend, mode: "ExclusiveLock", session)
    }

    /// Whether no backend of an earlier run is left. Takes the fence exclusively for the duration of one statement.
    public static func fenceIsFree(_ session: Session) throws(PostgresError) -> Bool {
        try session.query("SELECT pg_catalog.pg_try_advisory_xact_lock($1)", ["\(fence)"]).value == "t"
    }

    /// Takes the fence exclusively until the session is closed, if no backend of an earlier run is left: meanwhile no
    /// backend writes for a job.
    public static func excludeWriters(_ session: Session) throws(PostgresError) -> Bool {
        // Behind a pooler the session's locks would stay on a backend that others use.
        if session.isPooled { return try fenceIsFree(session) }
        return try session.query("SELECT pg_catalog.pg_try_advisory_lock($1)", ["\(fence)"]).value == "t"
    }

    /// Takes the fence shared, until the open transaction has ended. A backend that waits inside COMMIT, for a synchronous
    /// standby or a slow disk, still holds it: its transaction has not ended yet, although nobody sees its changes.
    ///
    /// - Parameter patience: how long to wait while another session holds the fence exclusively.
    /// - Throws: `lockTimeout` then; errors of the connection.
    public static func joinFence(
        _ session: Session, patience: Duration = .seconds(5)
    ) throws(PostgresError) {
        let deadline = ContinuousClock.now + patience
        while try session.query("SELECT pg_catalog.pg_try_advisory_xact_lock_shared($1)", ["\(fence)"]).value != "t" {
            guard .now < deadline else {
                throw PostgresError(
                    kind: .lockTimeout, sqlstate: "55P03",
                    message: "Another session holds the fence of this database. Nothing was changed.",
                    hint: "Try again when it has ended.")
            }
            // Polled: a waiting request would block CREATE INDEX CONCURRENTLY. The connection has a thread of its own.
            usleep(20_000)
        }
    }

    /// Whether that backend holds a lock shared **in the database of this session**, which proves that the backend is
    /// connected to this database and no other.
    ///
    /// - Parameters:
    ///   - key: the lock, by default the fence.
    ///   - pid: the backend's process id.
    public static func sees(fence key: Int64 = fence, pid: Int32, _ session: Session) throws(PostgresError) -> Bool {
        try isHeld(key, by: pid, mode: "ShareLock", session)
    }

    /// A session that holds a lock in this database. Members that the role may not see are nil.
    public struct Holder: Codable, Hashable, Sendable {
        public var pid: Int32
        public var applicationName: String?
        public var user: String?
        /// RFC 3339, UTC.
        public var backendStart: String?
        /// As in `pg_stat_activity`: `active`, `idle in transaction`, …
        public var state: String?
        /// RFC 3339, UTC; start of the current or last statement.
        public var queryStart: String?

        public init(
            pid: Int32, applicationName: String? = nil, user: String? = nil, backendStart: String? = nil,
            state: String? = nil, queryStart: String? = nil
        ) {
            self.pid = pid
            self.applicationName = applicationName
            self.user = user
            self.backendStart = backendStart
            self.state = state
            self.queryStart = queryStart
        }
    }

    /// The sessions that hold the lock with this key (not those that wait for it), oldest first.
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

    /// A query for the process ids of the sessions of a run, which hold the fence.
    static let fenceHolders = """
        SELECT f.pid FROM pg_catalog.pg_locks f
        WHERE f.locktype = 'advisory' AND f.granted AND f.objsubid = 1
          AND f.classid = \(UInt64(bitPattern: fence) >> 32)::pg_catalog.oid
          AND f.objid = \(UInt64(bitPattern: fence) & 0xFFFF_FFFF)::pg_catalog.oid
        """

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

    /// `pg_locks` splits a 64-bit key into classid and objid, with objsubid 1; objsubid 2 means two 32-bit keys.
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
            message: "The connection goes through a pooler, which does not preserve session-level locks.",
            hint: "Set url to a direct address of the PostgreSQL server.")
    }
}
