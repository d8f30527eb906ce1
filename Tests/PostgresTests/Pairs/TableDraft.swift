import Schema

/// A column of a generated table.
struct ColumnDraft: Sendable {
    var name: String
    var kind: ColumnKind
    var isNotNull = false
    /// The default expression.
    var value: String?
    /// The clause of an identity column.
    var identity: String?
    var isSerial = false
    /// The expression of a generated column.
    var generated: String?
    var collation: String?
    /// Whether another object depends on it, so that it cannot be changed alone.
    var isUsed = false

    var isGenerated: Bool { generated != nil }
    /// Whether the server provides its value.
    var isFilled: Bool { value != nil || identity != nil || isSerial || isGenerated }

    /// In the syntax of `CREATE TABLE`.
    var definition: String {
        var text = "\(name.quoted) \(isSerial ? serialType : kind.type)"
        if let collation { text += " COLLATE \(collation)" }
        if let identity { text += " \(identity)" }
        if isNotNull, identity == nil, !isSerial { text += " NOT NULL" }
        if let value { text += " DEFAULT \(value)" }
        if let generated { text += " GENERATED ALWAYS AS (\(generated)) STORED" }
        return text
    }

    private var serialType: String { kind.type == "bigint" ? "bigserial" : "serial" }
}

/// A generated table.
struct TableDraft: Sendable {
    var name: TableName
    var columns: [ColumnDraft] = []
    /// The columns of the primary key, if there is one.
    var key: [String] = []
    var isPartitioned = false
    /// The columns of the partition key.
    var partitionKey: [String] = []
    var isPartition = false
    var parent: TableName?
    var hasChildren = false
    /// Whether another object depends on it, so that it cannot be dropped alone.
    var isUsed = false
    /// The number of foreign keys from or to the table.
    var foreignKeys = 0
    var isUnlogged = false
    var triggers: [String] = []

    /// Records that another object depends on a column.
    mutating func use(_ column: String) {
        if let index = columns.firstIndex(where: { $0.name == column }) { columns[index].isUsed = true }
    }

    var isOrdinary: Bool { !isPartitioned && !isPartition && parent == nil && !hasChildren }
}
