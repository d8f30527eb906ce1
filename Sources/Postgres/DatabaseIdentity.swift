/// Which database of which server a session is in. Two sessions with the same identity see the same commits.
public struct DatabaseIdentity: Codable, Hashable, Sendable {
    /// The number that `initdb` gave the cluster; its physical copies have the same. Nil where the server does not tell
    /// it.
    public var system: String?
    /// The timeline, which changes with each promotion of a standby. Nil where the server does not tell it, and on a
    /// standby.
    public var timeline: String?
    /// The database's oid.
    public var database: String
    /// The server is a standby.
    public var inRecovery: Bool

    public init(system: String?, timeline: String?, database: String, inRecovery: Bool = false) {
        self.system = system
        self.timeline = timeline
        self.database = database
        self.inRecovery = inRecovery
    }

    /// - Throws: errors of the connection.
    public static func read(_ session: Session) throws(PostgresError) -> DatabaseIdentity {
        let facts = try session.query(
            """
            SELECT d.oid, pg_catalog.pg_is_in_recovery() FROM pg_catalog.pg_database d
            WHERE d.datname = pg_catalog.current_database()
            """
        ).values[0]
        let inRecovery = facts[1] == "t"
        return DatabaseIdentity(
            system: try optional("SELECT system_identifier FROM pg_catalog.pg_control_system()", session),
            // The name of a file of the WAL begins with the timeline that is written now. `pg_control_checkpoint()` has
            // that of the last checkpoint, which may be older than a promotion.
            timeline: inRecovery
                ? nil
                : try optional(
                    "SELECT pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 8)",
                    session),
            database: facts[0] ?? "", inRecovery: inRecovery)
    }

    /// The value of a function that a hosted server may deny or not have.
    private static func optional(_ statement: String, _ session: Session) throws(PostgresError) -> String? {
        do {
            return try session.query(statement).value
        } catch  where ["42501", "42883", "0A000", "55000"].contains(error.sqlstate) {
            return nil
        }
    }

    /// Why what is read in `other` says nothing about a transaction in this database; nil when both are the same.
    public func difference(to other: DatabaseIdentity) -> String? {
        if other.inRecovery { return "the server is a standby now" }
        if let system, let now = other.system, system != now {
            return "the server is another one (system identifier \(now), before \(system))"
        }
        if database != other.database { return "the database was dropped and created again" }
        if let timeline, let now = other.timeline, timeline != now {
            return "another server was promoted (timeline \(now), before \(timeline)), which may lack its last commits"
        }
        return nil
    }
}
