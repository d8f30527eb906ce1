import Text

/// The tables of the models, from either source, as far as live tables are compared with them.
struct MappedSchema {
    /// Sorted by name, without duplicates and without the version table.
    let tables: [MappedTable]
    /// The labels of the enumerations; empty where only names and types of columns are known.
    let labels: [ObjectKey: [String]]
    /// Whether defaults and labels are known as well.
    let isComplete: Bool
    private let defaultSchema: String

    init(_ models: SchemaSides.Models, defaultSchema: String, searchPath: [String], versionTables: Set<ObjectKey>) {
        var tables: [MappedTable] = []
        switch models {
        case .created(let catalog):
            self.defaultSchema = defaultSchema
            isComplete = true
            labels = Dictionary(
                catalog.types.compactMap { type in
                    guard case .enumeration(let labels) = type.definition else { return nil }
                    return (type.key, labels)
                }, uniquingKeysWith: { first, _ in first })
            for table in catalog.tables where table.kind.storesRows && !table.isPartition {
                // The models' statements find a table of the session's default schema along the search path.
                let others = table.schema == defaultSchema ? searchPath : []
                tables.append(
                    MappedTable(
                        name: table.qualifiedName,
                        elsewhere: others.map { TableName(schema: $0, name: table.name) }, source: .created(table)))
            }
        case .described(let schema):
            self.defaultSchema = schema.defaultSchema
            isComplete = false
            labels = [:]
            for table in schema.tables {
                let others = table.schema == nil ? schema.searchPath : []
                tables.append(
                    MappedTable(
                        name: TableName(schema: table.schema ?? schema.defaultSchema, name: table.name),
                        elsewhere: others.map { TableName(schema: $0, name: table.name) }, source: .described(table)))
            }
        }
        var seen = versionTables
        self.tables = tables.filter { seen.insert(ObjectKey(table: $0.name)).inserted }.inByteOrder
    }

    /// The mapped table that the models' statements find under this name in one of the catalogs.
    func table(at name: TableName, in catalogs: [CatalogIndex]) -> MappedTable? {
        if let position = tables.position(ofSchema: name.schema, name: name.name) { return tables[position] }
        guard let position = tables.position(ofSchema: defaultSchema, name: name.name) else { return nil }
        let table = tables[position]
        return catalogs.contains { table.place(in: $0)?.hasSameBytes(as: name) == true } ? table : nil
    }
}

/// One mapped table.
struct MappedTable: Named {
    enum Source {
        case created(Table)
        case described(ModelTable)
    }

    /// The name under which the models expect it, whether it exists or not.
    let name: TableName
    /// The other names along the search path under which it may be found, in order.
    let elsewhere: [TableName]
    let source: Source

    var memberSchema: String { name.schema }
    var memberName: String { name.name }

    /// The name of the table or view that the models' statements find; nil where they find none.
    func place(in catalog: CatalogIndex) -> TableName? {
        catalog.contains(name) ? name : elsewhere.first(where: catalog.contains)
    }

    /// The table or view that the models' statements find; nil where they find none.
    func found(in catalog: CatalogIndex) -> Table? { place(in: catalog).flatMap { catalog.table($0) } }

    var text: String {
        let count = columnCount
        return "table with \(count) column\(count == 1 ? "" : "s")"
    }

    var columnCount: Int {
        switch source {
        case .created(let table): table.columns.count
        case .described(let table): table.columns.count
        }
    }

    /// In the order of the model.
    func column(at index: Int) -> MappedColumn {
        switch source {
        case .created(let table): MappedColumn(table.columns[index])
        case .described(let table): MappedColumn(table.columns[index])
        }
    }

    func columnName(at index: Int) -> String {
        switch source {
        case .created(let table): table.columns[index].name
        case .described(let table): table.columns[index].name
        }
    }

    /// The column of this name; a linear search.
    func column(_ name: String) -> MappedColumn? {
        (0..<columnCount).first { columnName(at: $0).hasSameBytes(as: name) }.map { column(at: $0) }
    }
}

/// One mapped column.
struct MappedColumn {
    let name: String
    /// As its source writes it: `format_type`, or SQLAlchemy's dialect.
    let typeText: String
    let nullable: Bool
    /// How the database fills the column; nil where it does not, or where that is not known.
    let source: String?
    let isGenerated: Bool
    private let isFormatted: Bool

    init(_ column: Column) {
        name = column.name
        typeText = column.type
        nullable = column.nullable
        source = DefinitionText.source(of: column)
        isGenerated = column.generated != nil
        isFormatted = true
    }

    init(_ column: ModelColumn) {
        name = column.name
        typeText = column.type
        nullable = column.nullable
        source = nil
        isGenerated = false
        isFormatted = false
    }

    /// `typeText`, parsed; nil where its form is unknown.
    var type: ColumnType? { isFormatted ? ColumnType(formatted: typeText) : SQLAlchemyType.parse(typeText) }

    var text: String { nullable ? typeText : typeText + " NOT NULL" }
}

extension Column {
    /// Whether a statement must give a value for the column.
    var isUnfilled: Bool { !nullable && DefinitionText.source(of: self) == nil }
}
