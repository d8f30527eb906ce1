import Schema

/// A column while its table is made up.
struct ColumnDraft: Sendable {
    var name: String
    var kind: ColumnKind
    var isNotNull = false
    /// The expression.
    var value: String?
    /// The clause of an identity column.
    var identity: String?
    var isSerial = false
    /// The expression of a generated column.
    var generated: String?
    var collation: String?
    /// Whether something else needs it, so that it cannot be changed alone.
    var isUsed = false

    var isGenerated: Bool { generated != nil }
    /// Whether the server fills it in.
    var isFilled: Bool { value != nil || identity != nil || isSerial || isGenerated }

    /// As `CREATE TABLE` takes it.
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

/// A table while it is made up.
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
    /// Whether something else needs it, so that it cannot be dropped alone.
    var isUsed = false
    /// How many start or end here.
    var foreignKeys = 0
    var isUnlogged = false
    var triggers: [String] = []

    /// Notes that something needs a column.
    mutating func use(_ column: String) {
        if let index = columns.firstIndex(where: { $0.name == column }) { columns[index].isUsed = true }
    }

    var isOrdinary: Bool { !isPartitioned && !isPartition && parent == nil && !hasChildren }
}
