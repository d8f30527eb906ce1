/// The state and settings that a server reports about itself and the session's role.
public struct ServerIdentity: Hashable, Sendable {
    /// The setting `server_version`, for example `15.4 (Debian 15.4-1)`.
    public var version: String
    /// The server is a standby, or a primary in crash recovery.
    public var inRecovery: Bool
    /// `default_transaction_read_only` is on for this role.
    public var readOnlyByDefault: Bool
    /// The connection goes through a pooler; see `Session.isPooled`.
    public var isPooled: Bool
    /// The current role of the session.
    public var role: String
    /// The `statement_timeout` of a new session of the role, in milliseconds; 0 means no limit.
    public var statementTimeoutMs: Int64

    /// - Throws: errors of the connection.
    public static func read(_ session: Session) throws(PostgresError) -> ServerIdentity {
        // reset_val is the value that a new session of this role has, regardless of what this session has pinned.
        let row = try session.query(
            """
            SELECT pg_catalog.current_setting('server_version'), pg_catalog.pg_is_in_recovery(),
                   (SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'default_transaction_read_only'),
                   current_user,
                   (SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'statement_timeout')
            """
        ).values[0]
        return ServerIdentity(
            version: row[0] ?? "", inRecovery: row[1] == "t", readOnlyByDefault: row[2] == "on",
            isPooled: session.isPooled, role: row[3] ?? "", statementTimeoutMs: row[4].flatMap { Int64($0) } ?? 0)
    }
}
