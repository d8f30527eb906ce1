/// The models held against the live database by name: what is mapped and does not exist.
///
/// Types, defaults, constraints and indexes are not compared; a table is matched by its name within the schema it
/// resolves to, a column by its name within its table. Names are compared byte by byte, as PostgreSQL does.
public struct Comparison: Codable, Hashable, Sendable {
    /// The mapped tables for which the database has neither a table nor a view, in the order of ``TableName``.
    public var missingTables: [TableName]
    /// The mapped columns that existing tables lack, by table, then in the order of the model.
    public var missingColumns: [MissingColumn]
    /// Both, as entries of the contract's `differences`: tables first.
    public var differences: [SchemaDifference]
    /// How many mapped tables were looked for.
    public var tablesCompared: Int

    /// Whether statements of the models fail on this database.
    public var isBreaking: Bool { differences.contains(where: \.breaking) }

    /// Compares `models` with `live`.
    ///
    /// A table without a schema is looked for along the models' search path, the way the application's own statements
    /// find it, and is reported in the default schema when it is nowhere. Views and partitioned tables satisfy a mapped
    /// table. A model of the version table itself is left out: Alembic owns that table.
    public static func missing(
        models: ModelSchema, live: Catalog, versionTable: TableName? = nil
    ) -> Comparison {
        let pairs = live.tables.map { (Key($0.qualifiedName), $0) }
        let tables = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        var result = Comparison(missingTables: [], missingColumns: [], differences: [], tablesCompared: 0)
        var columnDifferences: [SchemaDifference] = []
        let mapped = models.tables.map { (name: models.defaultName(of: $0), model: $0) }.sorted { $0.name < $1.name }
        var seen: Set<Key> = []
        for (name, model) in mapped where name != versionTable && seen.insert(Key(name)).inserted {
            result.tablesCompared += 1
            let candidates = models.names(of: model).lazy.compactMap { tables[Key($0)] }
            guard let table = candidates.first else {
                result.missingTables.append(name)
                let object = name.sql(defaultSchema: models.defaultSchema)
                result.differences.append(.missingTable(object, columns: model.columns.count))
                continue
            }
            let present = Set(table.columns.map { Array($0.name.utf8) })
            let object = table.qualifiedName.sql(defaultSchema: models.defaultSchema)
            for column in model.columns where !present.contains(Array(column.name.utf8)) {
                result.missingColumns.append(MissingColumn(table: object, column: column.name, type: column.type))
                columnDifferences.append(.missingColumn(column, of: object))
            }
        }
        result.differences += columnDifferences
        return result
    }

    /// A name as bytes: `String` equality would take two spellings of one accented letter for the same name.
    private struct Key: Hashable {
        let schema: [UInt8]
        let name: [UInt8]

        init(_ table: TableName) {
            schema = Array(table.schema.utf8)
            name = Array(table.name.utf8)
        }
    }
}

extension ModelSchema {
    /// Where a table is looked for, in order.
    fileprivate func names(of table: ModelTable) -> [TableName] {
        if let schema = table.schema { return [TableName(schema: schema, name: table.name)] }
        return ([defaultSchema] + searchPath).map { TableName(schema: $0, name: table.name) }
    }

    /// Where a table belongs, whether it exists or not.
    fileprivate func defaultName(of table: ModelTable) -> TableName {
        TableName(schema: table.schema ?? defaultSchema, name: table.name)
    }
}

extension SchemaDifference {
    fileprivate static func missingTable(_ object: String, columns: Int) -> SchemaDifference {
        SchemaDifference(
            kind: .missingTable, object: object, models: "table with \(columns) column\(columns == 1 ? "" : "s")",
            breaking: true)
    }

    fileprivate static func missingColumn(_ column: ModelColumn, of table: String) -> SchemaDifference {
        SchemaDifference(
            kind: .missingColumn, object: table + "." + SQLIdentifier.quoted(column.name),
            models: column.nullable ? column.type : column.type + " NOT NULL", breaking: true)
    }
}
