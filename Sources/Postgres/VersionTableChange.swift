/// One change of the version table's rows.
public struct VersionTableChange: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Hashable, Sendable {
        case delete, update, insert
    }

    public var kind: Kind
    /// The value of the row to delete or update, nil for a NULL row; not used by an insert.
    public var row: String?
    /// The new value, of an update or insert.
    public var to: String?
    /// Of a delete: all rows of this value but one go.
    public var keepOne: Bool

    public init(kind: Kind, row: String? = nil, to: String? = nil, keepOne: Bool = false) {
        self.kind = kind
        self.row = row
        self.to = to
        self.keepOne = keepOne
    }

    /// What the rows become; nil when there is nothing that this change could be applied to.
    func applied(to rows: [String?]) -> [String?]? {
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

    /// The statement; `value` says how a value is written into it.
    func statement(table: String, value: (String) -> String) -> String {
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
