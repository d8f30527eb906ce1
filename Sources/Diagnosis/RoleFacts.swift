public import Schema

/// The role that the agent logs in as, and what its own settings make of names and statements.
public struct RoleFacts: Hashable, Sendable {
    public var name: String
    /// The role's own `statement_timeout` in milliseconds; 0 is none.
    public var statementTimeoutMs: Int64
    /// Where a table without a schema is created, as env.py's session has it or, while that is not known, a fresh one of
    /// the role; nil when nowhere.
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
