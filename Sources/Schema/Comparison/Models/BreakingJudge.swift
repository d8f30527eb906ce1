/// Says of a discrepancy whether statements of the application's models fail because of it.
///
/// They do where a mapped table or column is missing, where a type takes less than the models', and where a column that
/// the models do not fill must not be NULL. Where the models are not known the migrations stand in for them.
struct BreakingJudge {
    private enum Standard {
        case models(MappedSchema, foundIn: [CatalogIndex])
        case migrations(CatalogIndex)
    }

    private let standard: Standard
    /// Whether the discrepancies come from a catalog with defaults: one without says nothing of what is filled.
    private let knowsDefaults: Bool

    /// Judges by the models.
    ///
    /// - Parameter catalogs: where the mapped tables are looked for: the names under which they are found count.
    init(_ schema: MappedSchema, foundIn catalogs: [CatalogIndex], knowsDefaults: Bool = true) {
        standard = .models(schema, foundIn: catalogs)
        self.knowsDefaults = knowsDefaults
    }

    /// Judges by what the migrations made.
    init(standingIn catalog: CatalogIndex, knowsDefaults: Bool = true) {
        standard = .migrations(catalog)
        self.knowsDefaults = knowsDefaults
    }

    /// The mapped table that an object is, or belongs to.
    func table(of path: ObjectPath) -> MappedTable? {
        let name = TableName(schema: path.schema, name: path.table ?? path.name)
        switch standard {
        case .models(let schema, let catalogs): return schema.table(at: name, in: catalogs)
        case .migrations(let catalog):
            guard let table = catalog.table(name), !table.isView, !table.isPartition else { return nil }
            return MappedTable(name: name, elsewhere: [], source: .created(table))
        }
    }

    /// Whether the standard says which values the database fills in; names and types alone do not.
    private var knowsSources: Bool {
        switch standard {
        case .models(let schema, _): schema.isComplete
        case .migrations: true
        }
    }

    /// The labels that an enumeration has to have.
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
            let present = Set(actual.map(ExactText.init))
            return !labels(of: path, expected: expected).allSatisfy { present.contains(ExactText($0)) }
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
        // What the models spell in a way of their own is what the migrations made of it.
        guard let wanted = mapped.type ?? expected.map({ ColumnType(formatted: $0.type) }) else { return false }
        return type.isNarrower(than: wanted)
    }

    /// Whether statements leave the column out, or give it NULL, and it does not take that; or give it a value that it
    /// computes itself.
    private func isUnfilled(_ actual: Column, _ path: ObjectPath, mayBeNull: Bool) -> Bool {
        guard knowsDefaults, table(of: path) != nil else { return false }
        let mapped = column(of: path)
        if actual.generated != nil, let mapped, knowsSources { return !mapped.isGenerated }
        guard actual.isUnfilled else { return false }
        guard let mapped else { return true }
        return mapped.source != nil || mayBeNull && mapped.nullable
    }
}
