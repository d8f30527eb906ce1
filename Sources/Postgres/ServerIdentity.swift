/// What a server says of itself.
public struct ServerIdentity: Hashable, Sendable {
    /// As `server_version` has it: `15.4 (Debian 15.4-1)`.
    public var version: String
    /// 150004 for 15.4.
    public var versionNumber: Int
    /// A standby, or a primary that is still recovering.
    public var inRecovery: Bool
    /// Transactions of this role start read-only here although nobody asked.
    public var readOnlyByDefault: Bool
    /// Another program stands between; see `Session.isPooled`.
    public var isPooled: Bool
    /// The same for a primary and its standbys, different for any other cluster; nil where the role may not ask.
    public var systemIdentifier: String?
    /// Of the database, as it is called by the server.
    public var database: String
    /// Who the session acts as.
    public var role: String
    /// `cluster_name`, empty when none was set.
    public var clusterName: String
    /// What a fresh session of the role gets, in milliseconds; 0 is none.
    public var statementTimeoutMs: Int64

    /// - Throws: what the link earns.
    public static func read(_ session: Session) throws(PostgresError) -> ServerIdentity {
        // reset_val: what a fresh session of this role gets, whatever this one has pinned.
        let row = try session.query(
            """
            SELECT pg_catalog.current_setting('server_version'), pg_catalog.pg_is_in_recovery(),
                   (SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'default_transaction_read_only'),
                   pg_catalog.current_database(), current_user, pg_catalog.current_setting('cluster_name'),
                   (SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'statement_timeout')
            """
        ).values[0]
        return ServerIdentity(
            version: row[0] ?? "", versionNumber: session.serverVersion, inRecovery: row[1] == "t",
            readOnlyByDefault: row[2] == "on", isPooled: session.isPooled,
            systemIdentifier: try systemIdentifier(session), database: row[3] ?? "", role: row[4] ?? "",
            clusterName: row[5] ?? "", statementTimeoutMs: row[6].flatMap { Int64($0) } ?? 0)
    }

    /// Some hosted services deny the function; a statement of its own, because the refusal is an error.
    private static func systemIdentifier(_ session: Session) throws(PostgresError) -> String? {
        do {
            return try session.query("SELECT system_identifier FROM pg_catalog.pg_control_system()").value
        } catch {
            if error.kind == .permissionDenied { return nil }
            throw error
        }
    }
}
