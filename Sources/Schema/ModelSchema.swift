/// The application's models, read from `target_metadata` of the project's env.py: the models' side of a comparison.
public struct ModelSchema: Codable, Hashable, Sendable {
    public var tables: [ModelTable]
    /// The schema in which the project's own session finds an unqualified table (`current_schema()` there).
    public var defaultSchema: String
    /// The further schemas in which that session searches an unqualified table, in order (`current_schemas(false)`).
    /// Empty or absent means only the default schema.
    public var searchPath: [String]

    public init(tables: [ModelTable], defaultSchema: String, searchPath: [String] = []) {
        self.tables = tables
        self.defaultSchema = defaultSchema
        self.searchPath = searchPath
    }

    /// The names under which the session may find the tables.
    public var names: [TableName] {
        tables.flatMap { table in
            let schemas = table.schema.map { [$0] } ?? [defaultSchema] + searchPath
            return schemas.map { TableName(schema: $0, name: table.name) }
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        tables = try container.decode([ModelTable].self, forKey: .tables)
        defaultSchema = try container.decode(String.self, forKey: .defaultSchema)
        searchPath = try container.decodeIfPresent([String].self, forKey: .searchPath) ?? []
    }
}

/// One mapped table.
public struct ModelTable: Codable, Hashable, Sendable {
    /// Nil means the connection's default schema.
    public var schema: String?
    public var name: String
    /// In the order of the model.
    public var columns: [ModelColumn]

    public init(schema: String? = nil, name: String, columns: [ModelColumn]) {
        self.schema = schema
        self.name = name
        self.columns = columns
    }
}

/// One mapped column.
public struct ModelColumn: Codable, Hashable, Sendable {
    public var name: String
    /// As SQLAlchemy's PostgreSQL dialect compiles it, for example `VARCHAR(255)`.
    public var type: String
    public var nullable: Bool
    public var primaryKey: Bool

    public init(name: String, type: String, nullable: Bool, primaryKey: Bool = false) {
        self.name = name
        self.type = type
        self.nullable = nullable
        self.primaryKey = primaryKey
    }
}
