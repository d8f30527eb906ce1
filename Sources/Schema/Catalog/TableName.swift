/// The name of a table or view: the schema that holds it, and its name within that schema.
///
/// Both are the bare names, without quotes, as `pg_namespace.nspname` and `pg_class.relname` have them.
public struct TableName: Codable, Hashable, Sendable, Comparable {
    public var schema: String
    public var name: String

    public init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    /// The name as SQL takes it, quoted where PostgreSQL needs quotes, without the schema when it is `defaultSchema`.
    public func sql(defaultSchema: String? = nil) -> String {
        let quoted = SQLIdentifier.quoted(name)
        return schema == defaultSchema ? quoted : SQLIdentifier.quoted(schema) + "." + quoted
    }

    /// By schema, then by name, each compared as Unicode scalars, so that an order never depends on a locale.
    public static func < (left: TableName, right: TableName) -> Bool {
        left.schema == right.schema
            ? left.name.unicodeScalars.lexicographicallyPrecedes(right.name.unicodeScalars)
            : left.schema.unicodeScalars.lexicographicallyPrecedes(right.schema.unicodeScalars)
    }
}
