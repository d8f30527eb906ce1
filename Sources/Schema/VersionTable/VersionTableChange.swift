/// One change to the rows of Alembic's version table.
public struct VersionTableChange: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Hashable, Sendable {
        case delete, update, insert
    }

    public var kind: Kind
    /// The value of the row to delete or update, nil for a NULL row. An insert does not use it.
    public var row: String?
    /// The new value, for an update or an insert.
    public var to: String?
    /// For a delete: one of the rows with this value stays.
    public var keepOne: Bool

    public init(kind: Kind, row: String? = nil, to: String? = nil, keepOne: Bool = false) {
        self.kind = kind
        self.row = row
        self.to = to
        self.keepOne = keepOne
    }

    /// The rows after the change; nil when no row matches it.
    package func applied(to rows: [String?]) -> [String?]? {
        switch kind {
        case .insert:
            return rows + [to]
        case .update:
            guard let to, rows.contains(row) else { return nil }
            return rows.map { $0 == row ? to : $0 }
        case .delete:
            guard rows.count(where: { $0 == row }) > (keepOne ? 1 : 0) else { return nil }
            return rows.filter { $0 != row } + (keepOne ? [row] : [])
        }
    }

    /// The change as a statement.
    ///
    /// - Parameters:
    ///   - table: the table's name as SQL takes it.
    ///   - value: renders a value, as a literal or as a parameter.
    package func statement(table: String, value: (String) -> String) -> String {
        func isRow() -> String {
            row.map { "version_num = \(value($0))" } ?? "version_num IS NULL"
        }
        switch kind {
        case .insert:
            return "INSERT INTO \(table) (version_num) VALUES (\(to.map(value) ?? "NULL"))"
        case .update:
            return "UPDATE \(table) SET version_num = \(value(to ?? "")) WHERE \(isRow())"
        case .delete where keepOne:
            // ctid alone is not unique in a partitioned table.
            return "DELETE FROM \(table) WHERE \(isRow()) AND (tableoid, ctid) <> "
                + "(SELECT tableoid, ctid FROM \(table) WHERE \(isRow()) LIMIT 1)"
        case .delete:
            return "DELETE FROM \(table) WHERE \(isRow())"
        }
    }
}
