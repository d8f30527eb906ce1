public import Schema

/// A table in which this project recorded its revisions before env.py named another one.
public struct FormerVersionTable: Hashable, Sendable {
    public var name: TableName
    /// Its rows, all of this project and consistent.
    public var rows: [String]
    /// The statements that move it to where env.py expects it; empty where that is not possible, for example because
    /// there is a table already.
    public var move: [String]

    public init(name: TableName, rows: [String], move: [String] = []) {
        self.name = name
        self.rows = rows
        self.move = move
    }
}
