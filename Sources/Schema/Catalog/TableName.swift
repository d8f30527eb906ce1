/// The qualified name of a table or view.
///
/// Both parts are unquoted, as in `pg_namespace.nspname` and `pg_class.relname`.
public struct TableName: Codable, Hashable, Sendable, Comparable {
    public var schema: String
    public var name: String

    public init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    /// The name for use in SQL, quoted where PostgreSQL needs quotes, without the schema if it is `defaultSchema`.
    public func sql(defaultSchema: String? = nil) -> String {
        let quoted = SQLIdentifier.quoted(name)
        return schema == defaultSchema ? quoted : SQLIdentifier.quoted(schema) + "." + quoted
    }

    /// By schema, then by name, compared by Unicode scalars, so that the order does not depend on a locale.
    public static func < (left: TableName, right: TableName) -> Bool {
        left.schema == right.schema
            ? left.name.unicodeScalars.lexicographicallyPrecedes(right.name.unicodeScalars)
            : left.schema.unicodeScalars.lexicographicallyPrecedes(right.schema.unicodeScalars)
    }
}
