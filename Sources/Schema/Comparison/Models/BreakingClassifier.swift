import Text

/// Decides whether statements of the application's models fail because of a discrepancy.
///
/// They fail where a mapped table or column is missing, where a type accepts less than the models' type, and where a
/// column that the models do not fill is NOT NULL. Where the models are not known, the migrations are used instead.
struct BreakingClassifier {
    private enum Standard {
        case models(MappedSchema, foundIn: [CatalogIndex])
        case migrations(CatalogIndex)
    }

    private let standard: Standard
    /// Whether the discrepancies come from a catalog with defaults; otherwise nothing is known about what is filled.
    private let knowsDefaults: Bool
    /// Whether the expected side of the discrepancies is the models' own.
    private let expectsModels: Bool

    /// Classifies by the models.
    ///
    /// - Parameter catalogs: the catalogs in which the mapped tables are searched; an object belongs to the mapped
    ///   table that is found under its name.
    init(
        _ schema: MappedSchema, foundIn catalogs: [CatalogIndex], knowsDefaults: Bool = true,
        expectsModels: Bool = false
    ) {
        standard = .models(schema, foundIn: catalogs)
        self.expectsModels = expectsModels
        self.knowsDefaults = knowsDefaults
    }

    /// Classifies by the migrations.
    init(migrations catalog: CatalogIndex, knowsDefaults: Bool = true) {
        standard = .migrations(catalog)
        expectsModels = false
        self.knowsDefaults = knowsDefaults
    }

    /// The mapped table that the object is or belongs to; nil where there is none.
    func table(of path: ObjectPath) -> MappedTable? {
        let name = TableName(schema: path.schema, name: path.table ?? path.name)
        switch standard {
        case .models(let schema, let catalogs): return schema.table(at: name, in: catalogs)
        case .migrations(let catalog):
            guard let table = catalog.table(name), !table.isView, !table.isPartition else { return nil }
            return MappedTable(name: name, elsewhere: [], source: .created(table))
        }
    }

    /// Whether the standard includes defaults; models known by names and types alone do not.
    private var knowsSources: Bool {
        switch standard {
        case .models(let schema, _): schema.isComplete
        case .migrations: true
        }
    }

    /// The labels that an enumeration must have.
    private func labels(of path: ObjectPath, expected: [String]) -> [String] {
        guard case .models(let schema, _) = standard, schema.isComplete else { return expected }
        return schema.labels[ObjectKey(.type, schema: path.schema, name: path.name)] ?? []
    }

    func column(of path: ObjectPath) -> MappedColumn? {
        path.kind == .column ? table(of: path)?.column(path.name) : nil
    }

    func isBreaking(_ discrepancy: Discrepancy) -> Bool {
        let path = discrepancy.path
        switch (discrepancy.kind, discrepancy.subject) {
        case (.missingTable, _), (.missingView, _): return table(of: path) != nil
        case (.missingColumn, _): return column(of: path) != nil
        case (.type, .column(let expected, let actual?)): return isNarrower(actual, expected, column(of: path))
        case (.enumLabels, .labels(let expected, let actual)):
            let present = Set(actual.map(ExactString.init))
            return !labels(of: path, expected: expected).allSatisfy { present.contains(ExactString($0)) }
        case (.extraColumn, .column(_, let actual?)):
            return knowsDefaults && actual.isUnfilled && table(of: path) != nil && column(of: path) == nil
        case (.nullability, .column(_, let actual?)), (.default, .column(_, let actual?)),
            (.identity, .column(_, let actual?)), (.generated, .column(_, let actual?)):
            return isUnfilled(actual, path, mayBeNull: discrepancy.kind == .nullability)
        default: return false
        }
    }

    private func isNarrower(_ actual: Column, _ expected: Column?, _ mapped: MappedColumn?) -> Bool {
        guard let mapped else { return false }
        let type = ColumnType(formatted: actual.type)
        // A type that the models write in an unknown way is the one that the migrations created.
        let created = expected.map { ColumnType(formatted: $0.type) }
        guard var wanted = mapped.type ?? created else { return false }
        if wanted.isVarcharWithoutLength {
            // Models that give a text no length leave it to the migrations.
            if let created, !expectsModels { wanted = created } else if type.isText { return false }
        }
        return type.isNarrower(than: wanted)
    }

    /// Whether statements leave out a column that needs a value, give NULL to one that does not accept it, or give a
    /// value to one that is generated.
    private func isUnfilled(_ actual: Column, _ path: ObjectPath, mayBeNull: Bool) -> Bool {
        guard knowsDefaults, table(of: path) != nil else { return false }
        let mapped = column(of: path)
        if actual.generated != nil, let mapped, knowsSources { return !mapped.isGenerated }
        guard actual.isUnfilled else { return false }
        guard let mapped else { return true }
        return mapped.source != nil || mayBeNull && mapped.nullable
    }
}
