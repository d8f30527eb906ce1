/// What names an object of a database that no other object holds: the unit of a history, and of being managed.
///
/// Equal are keys of the same bytes, as PostgreSQL compares names.
public struct ObjectKey: Codable, Hashable, Sendable, Comparable {
    /// Names are unique within one of these, and one schema.
    public enum Category: String, Codable, Hashable, Sendable, CaseIterable {
        case schema
        case `extension`
        case type
        case sequence
        /// Tables, views and their like.
        case relation
        case routine
    }

    public var category: Category
    /// Empty for schemas and extensions.
    public var schema: String
    /// The bare name; the signature of a routine.
    public var name: String

    public init(_ category: Category, schema: String = "", name: String) {
        self.category = category
        self.schema = schema
        self.name = name
    }

    /// The key of a table, view or the like.
    public init(table: TableName) { self.init(.relation, schema: table.schema, name: table.name) }

    public static func == (left: ObjectKey, right: ObjectKey) -> Bool {
        left.category == right.category && left.name.isIdentical(to: right.name)
            && left.schema.isIdentical(to: right.schema)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(category)
        hasher.combine(schema)
        hasher.combine(name)
    }

    /// By schema, then category, then name, as bytes.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        if !left.schema.isIdentical(to: right.schema) { return left.schema.precedesInBytes(right.schema) }
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
