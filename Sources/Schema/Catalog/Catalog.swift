/// What a live database holds, as its catalog says: the live side of a comparison.
///
/// System schemas and objects that belong to extensions are left out by the reader.
public struct Catalog: Codable, Hashable, Sendable {
    /// Tables, views and their like, sorted by schema and name.
    public var tables: [Table]

    public init(tables: [Table]) {
        self.tables = tables.sorted { $0.qualifiedName < $1.qualifiedName }
    }

    /// The names of the tables that hold an application's data: everything that stores rows, except the version table.
    ///
    /// Views are no evidence that somebody has used a database, and are left out.
    public func applicationTables(besides versionTable: TableName?) -> [TableName] {
        tables.lazy.filter { $0.kind.storesRows && $0.qualifiedName != versionTable }.map(\.qualifiedName)
    }
}

/// One relation with columns.
public struct Table: Codable, Hashable, Sendable {
    /// What kind of relation this is.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        case table, partitioned, view, materializedView, foreign

        /// From `pg_class.relkind`; nil for what is no table to an application (indexes, sequences, composite types).
        public init?(relkind: String) {
            switch relkind {
            case "r": self = .table
            case "p": self = .partitioned
            case "v": self = .view
            case "m": self = .materializedView
            case "f": self = .foreign
            default: return nil
            }
        }

        /// Whether the application's data lives here, so that its presence tells a used database from a fresh one.
        public var storesRows: Bool {
            switch self {
            case .table, .partitioned, .foreign: true
            case .view, .materializedView: false
            }
        }
    }

    public var schema: String
    public var name: String
    public var kind: Kind
    /// In the order of `pg_attribute.attnum`, dropped ones left out.
    public var columns: [Column]

    public init(schema: String, name: String, kind: Kind, columns: [Column]) {
        self.schema = schema
        self.name = name
        self.kind = kind
        self.columns = columns
    }

    public var qualifiedName: TableName { TableName(schema: schema, name: name) }
}

/// One column of a live table.
public struct Column: Codable, Hashable, Sendable {
    public var name: String
    /// As `format_type(atttypid, atttypmod)` gives it.
    public var type: String
    public var nullable: Bool
    /// The default's expression as `pg_get_expr` gives it; nil where there is none or where it was not asked for.
    public var `default`: String?

    public init(name: String, type: String, nullable: Bool, default: String? = nil) {
        self.name = name
        self.type = type
        self.nullable = nullable
        self.default = `default`
    }
}
