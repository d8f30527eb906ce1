/// The objects of a database, read from its system catalogs: one side of a comparison.
///
/// Without system schemas and objects that belong to extensions. Definitions are PostgreSQL's own texts, read with
/// `search_path = pg_catalog`, so that every other name in them is qualified. All lists are sorted by schema and name.
public struct Catalog: Codable, Hashable, Sendable {
    /// `server_version_num` of the server that printed the definitions; 0 where it is not known. Texts of different
    /// major versions are not comparable.
    public var serverVersion: Int
    /// The names of the schemas.
    public var schemas: [String]
    /// Tables, partitioned and foreign tables, views and materialized views.
    public var tables: [Table]
    public var sequences: [Sequence]
    public var types: [UserType]
    public var routines: [Routine]
    public var extensions: [Extension]

    public init(
        serverVersion: Int = 0, schemas: [String] = [], tables: [Table], sequences: [Sequence] = [],
        types: [UserType] = [], routines: [Routine] = [], extensions: [Extension] = []
    ) {
        self.serverVersion = serverVersion
        self.schemas = schemas.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        self.tables = tables.sorted { $0.qualifiedName < $1.qualifiedName }
        self.sequences = sequences.sorted { $0.qualifiedName < $1.qualifiedName }
        self.types = types.sorted { $0.qualifiedName < $1.qualifiedName }
        self.routines = routines.sorted { $0.qualifiedName < $1.qualifiedName }
        self.extensions = extensions.sorted {
            TableName(schema: "", name: $0.name) < TableName(schema: "", name: $1.name)
        }
    }

    /// The names of the tables that contain an application's data: everything that stores rows, except the version
    /// table.
    ///
    /// Without views, which do not show that a database has been used.
    public func applicationTables(besides versionTable: TableName?) -> [TableName] {
        tables.lazy.filter { $0.kind.storesRows && $0.qualifiedName != versionTable }.map(\.qualifiedName)
    }
}

extension Catalog {
    /// Removes the comments, as if they had not been read.
    public mutating func dropComments() {
        for table in tables.indices {
            tables[table].comment = nil
            for column in tables[table].columns.indices { tables[table].columns[column].comment = nil }
        }
    }

    /// Removes the privileges, as if they had not been read.
    public mutating func dropPrivileges() {
        for table in tables.indices { tables[table].privileges = nil }
    }
}
