/// What a new session of a login finds in a database before its first statement.
public struct SessionDefaults: Codable, Hashable, Sendable {
    /// The login role.
    public var user: String
    /// The role that the login's own settings switch to; nil keeps the login role.
    public var role: String?
    /// Values of server parameters that affect what a statement means, by name. A value may be secret: applications
    /// keep keys in parameters of their own.
    public var parameters: [String: String]
    /// The schemas that users created, and `public`, sorted.
    public var schemas: [String]

    public init(user: String, role: String? = nil, parameters: [String: String] = [:], schemas: [String] = ["public"]) {
        self.user = user
        self.role = role
        self.parameters = parameters
        self.schemas = schemas
    }

    /// Reads them on a session of the same login, whatever that session has set for itself.
    ///
    /// - Throws: errors of the connection.
    public static func read(_ session: Session) throws(PostgresError) -> SessionDefaults {
        // reset_val is the value that a new session of this login has.
        let rows = try session.query(
            """
            SELECT 'user', session_user::text, NULL
            UNION ALL SELECT 'role', NULLIF(pg_catalog.current_setting('role'), 'none'), NULL
            UNION ALL SELECT 'schema', n.nspname::text, NULL
            FROM pg_catalog.pg_namespace n WHERE \(CatalogSQL.isUserSchema)
            UNION ALL SELECT 'parameter', s.name, s.reset_val FROM pg_catalog.pg_settings s
            WHERE s.name IN ('search_path', 'TimeZone', 'DateStyle', 'IntervalStyle', 'standard_conforming_strings')
               OR s.name LIKE '%.%' AND s.source IN ('database', 'user', 'database user', 'client')
            """)
        var defaults = SessionDefaults(user: "", schemas: [])
        for row in rows.values {
            guard let value = row[1] else { continue }
            switch row[0] {
            case "user": defaults.user = value
            case "role": defaults.role = value
            case "schema": defaults.schemas.append(value)
            default: defaults.parameters[value] = row[2]
            }
        }
        defaults.schemas.sort()
        return defaults
    }
}
