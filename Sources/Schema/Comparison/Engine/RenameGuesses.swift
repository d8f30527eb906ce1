extension CatalogComparison {
    /// Marks missing columns that an extra one may be: the same in everything but the name, and alone in that or in the
    /// same place. Comments do not count.
    mutating func guessRenames(_ columns: MatchedColumns, of expected: Table, _ actual: Table) {
        guard !columns.missing.isEmpty, !columns.extra.isEmpty else { return }
        let isAlike = { (column: Column, other: Column) in column.isIdenticalButForNameAndComment(to: other) }
        for (index, discrepancy) in discrepancies.enumerated().reversed() {
            guard discrepancy.path.table.isIdentical(to: actual.name),
                discrepancy.path.schema.isIdentical(to: actual.schema)
            else { break }
            guard discrepancy.kind == .missingColumn, case .column(let column?, _) = discrepancy.subject else {
                continue
            }
            let alike = columns.extra.filter { isAlike(column, $0) }
            let rivals = columns.missing.filter { isAlike(column, $0) }
            let place = expected.position(of: column.name)
            let guess =
                alike.count == 1 && rivals.count == 1
                ? alike.first : alike.first { actual.position(of: $0.name) == place }
            if let guess { mark(index, renamedTo: ObjectPath(.column, guess.name, of: actual)) }
        }
    }

    /// Marks missing tables, views and types that an object nobody expects may be, under another name or in another
    /// schema.
    mutating func guessRenames() {
        let missing = discrepancies.indices.filter {
            [.missingTable, .missingView, .missingEnum, .missingType].contains(discrepancies[$0].kind)
        }
        guard !missing.isEmpty else { return }
        var strangers: [RenameKey: [ObjectPath]] = [:]
        for table in actual.catalog.tables
        where !expected.contains(table.qualifiedName) && !versionTables.contains(table.key) {
            if let key = RenameKey(table) { strangers[key, default: []].append(table.path) }
        }
        for type in actual.catalog.types where expected.type(schema: type.schema, name: type.name) == nil {
            strangers[RenameKey(type), default: []].append(type.path)
        }
        var claims: [RenameKey: [Int]] = [:]
        for index in missing {
            let path = discrepancies[index].path
            let renameKey =
                expected.table(TableName(schema: path.schema, name: path.name)).map { RenameKey($0) }
                ?? expected.type(schema: path.schema, name: path.name).map { RenameKey($0) }
            if let renameKey = renameKey ?? nil { claims[renameKey, default: []].append(index) }
        }
        for (key, indexes) in claims where indexes.count == 1 {
            if let candidates = strangers[key], candidates.count == 1 { mark(indexes[0], renamedTo: candidates[0]) }
        }
    }
}

extension Column {
    /// One side may have been read without its comments.
    fileprivate func isIdenticalButForNameAndComment(to other: Column) -> Bool {
        var copy = other
        copy.name = name
        copy.comment = comment
        return isIdentical(to: copy)
    }
}

extension Table {
    fileprivate func position(of column: String) -> Int? { columns.firstIndex { $0.name.isIdentical(to: column) } }
}

/// All that an object is besides its name.
private struct RenameKey: Hashable {
    private let texts: [ExactText]

    /// Nil for a table of less than two columns, which many are.
    init?(_ table: Table) {
        guard table.columns.count > 1 else { return nil }
        let columns = table.columns.map { "\($0.name)\u{0}\($0.type)\u{0}\($0.nullable)" }
        texts = ([DefinitionText.word(table.kind), table.definition ?? ""] + columns).map(ExactText.init)
    }

    init(_ type: UserType) { texts = [ExactText(DefinitionText.type(type.definition))] }
}
