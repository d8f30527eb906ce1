/// The table in which Alembic records the applied revisions, as one read found it.
public struct VersionTable: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        /// A table (or a partitioned one) with the column `version_num`; its rows were read.
        case table
        case missing
        /// The name belongs to another kind of relation or type: `view`, `materialized view`, `sequence`, …
        case notATable(kind: String)
        /// It exists and the role may not read it. The message is the server's.
        case denied(message: String)
        /// A table without the column `version_num`.
        case columnMissing
    }

    /// The schema that holds it, or in which it would be created.
    public var schema: String
    public var name: String
    public var state: State
    /// The values of `version_num`, nil for NULL, duplicates included, in the order of their Unicode scalars, NULL
    /// first.
    public var rows: [String?]
    /// The maximum length of `version_num` in characters (32 when Alembic created it); nil when it is unlimited or not
    /// known.
    public var columnWidth: Int?
    /// Without a primary key, duplicates and NULL are possible.
    public var hasPrimaryKey: Bool

    public init(
        schema: String, name: String, state: State, rows: [String?] = [], columnWidth: Int? = nil,
        hasPrimaryKey: Bool = false
    ) {
        self.schema = schema
        self.name = name
        self.state = state
        self.rows = rows
        self.columnWidth = columnWidth
        self.hasPrimaryKey = hasPrimaryKey
    }

    /// Sorts rows as `rows` documents, so that equal contents are equal lists.
    static func sorted(_ rows: [String?]) -> [String?] {
        rows.sorted { left, right in
            guard let left, let right else { return left == nil && right != nil }
            return left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
        }
    }
}
