import Text

/// The identity of a top-level object of a database: what a history records changes of, and what migrations manage.
///
/// Keys are equal if their bytes are, as PostgreSQL compares names.
public struct ObjectKey: Codable, Hashable, Sendable, Comparable {
    /// The namespaces: a name is unique within its category and schema.
    public enum Category: String, Codable, Hashable, Sendable, CaseIterable {
        case schema
        case `extension`
        case type
        case sequence
        /// Tables, partitioned and foreign tables, views and materialized views.
        case relation
        case routine
    }

    public var category: Category
    /// Empty for schemas and extensions.
    public var schema: String
    /// The unquoted name; of a routine the signature.
    public var name: String

    public init(_ category: Category, schema: String = "", name: String) {
        self.category = category
        self.schema = schema
        self.name = name
    }

    /// The key of a table or view.
    public init(table: TableName) { self.init(.relation, schema: table.schema, name: table.name) }

    public static func == (left: ObjectKey, right: ObjectKey) -> Bool {
        left.category == right.category && left.name.hasSameBytes(as: right.name)
            && left.schema.hasSameBytes(as: right.schema)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(category)
        hasher.combine(schema)
        hasher.combine(name)
    }

    /// By schema, then category, then name, compared by bytes.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        if !left.schema.hasSameBytes(as: right.schema) { return left.schema.precedesInBytes(right.schema) }
        if left.category != right.category { return left.category.rank < right.category.rank }
        return left.name.precedesInBytes(right.name)
    }
}

extension ObjectKey.Category {
    fileprivate var rank: Int {
        switch self {
        case .schema: 0
        case .extension: 1
        case .type: 2
        case .sequence: 3
        case .relation: 4
        case .routine: 5
        }
    }
}

extension Table {
    public var key: ObjectKey { ObjectKey(.relation, schema: schema, name: name) }
}

extension Sequence {
    public var key: ObjectKey { ObjectKey(.sequence, schema: schema, name: name) }
}

extension UserType {
    public var key: ObjectKey { ObjectKey(.type, schema: schema, name: name) }
}

extension Routine {
    public var key: ObjectKey { ObjectKey(.routine, schema: schema, name: signature) }
}

extension Extension {
    public var key: ObjectKey { ObjectKey(.extension, name: name) }
}
