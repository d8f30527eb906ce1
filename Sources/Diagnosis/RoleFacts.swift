public import Schema

/// The role that the agent logs in as, with the settings that affect names and statements.
public struct RoleFacts: Hashable, Sendable {
    public var name: String
    /// The `statement_timeout` of a new session of the role, in milliseconds; 0 is none.
    public var statementTimeoutMs: Int64
    /// The schema in which a table without a schema is created: in env.py's session or, if that is unknown, in a new
    /// session of the role; nil when there is none.
    public var creationSchema: String?
    /// Tables of the version table's name in other schemas.
    public var otherVersionTables: [TableName]

    public init(
        name: String, statementTimeoutMs: Int64 = 0, creationSchema: String? = nil,
        otherVersionTables: [TableName] = []
    ) {
        self.name = name
        self.statementTimeoutMs = statementTimeoutMs
        self.creationSchema = creationSchema
        self.otherVersionTables = otherVersionTables
    }
}
