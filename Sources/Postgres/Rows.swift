/// An answer of the server: rows of text values, nil for NULL.
public struct Rows: Sendable, Hashable {
    public var columns: [String]
    public var values: [[String?]]
    /// How many rows a statement changed or returned, 0 where that makes no sense.
    public var affected: Int

    public var count: Int { values.count }
    public var isEmpty: Bool { values.isEmpty }
    /// The first value of the first row, nil when there is none or it is NULL.
    public var value: String? { values.first?.first ?? nil }

    public init(columns: [String], values: [[String?]], affected: Int) {
        self.columns = columns
        self.values = values
        self.affected = affected
    }
}
