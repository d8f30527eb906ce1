/// Changes to the rows of a version table, and the state of the table for which they were planned.
public struct VersionTableUpdate: Hashable, Sendable {
    /// The state of the table that the changes require.
    public enum Expectation: Codable, Hashable, Sendable {
        /// The table does not exist. The update creates it as Alembic does, with a column of ``VersionTableUpdate/createdWidth``.
        case missing
        /// The table exists with exactly these rows, in any order.
        case rows([String?])
    }

    public var changes: [VersionTableChange]
    public var schema: String
    public var name: String
    public var expectation: Expectation
    /// The number of characters of the column in a table that the update creates; nil is no limit.
    public var createdWidth: Int?

    public init(
        _ changes: [VersionTableChange], schema: String, name: String, expecting expectation: Expectation,
        createdWidth: Int? = 32
    ) {
        self.createdWidth = createdWidth
        self.changes = changes
        self.schema = schema
        self.name = name
        self.expectation = expectation
    }

    /// The whole update as a script for people to read: one statement per element, with literal values.
    public var sql: [String] {
        let opening = expectation == .missing ? createStatement : lockStatement
        let statements = changes.map { change in change.statement(table: table, value: SQLLiteral.quoted) }
        return ["BEGIN", opening] + statements + ["COMMIT"]
    }

    /// The table's qualified name as SQL takes it.
    package var table: String { TableName(schema: schema, name: name).sql() }

    /// Takes a lock that conflicts with every writer, Alembic included, and with itself, but not with readers.
    package var lockStatement: String { "LOCK TABLE \(table) IN SHARE ROW EXCLUSIVE MODE" }

    /// Creates the table as `MigrationContext._ensure_version_table` of Alembic 1.20 does.
    package var createStatement: String {
        "CREATE TABLE \(table) (version_num VARCHAR\(createdWidth.map { "(\($0))" } ?? "") NOT NULL, "
            + "CONSTRAINT \(SQLIdentifier.quoted(name + "_pkc")) PRIMARY KEY (version_num))"
    }
}
