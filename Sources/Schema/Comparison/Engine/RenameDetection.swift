import Text

/// Finds missing objects that an extra one may be, under another name.
struct RenameDetection {
    let context: ComparisonContext

    /// Marks the missing columns of a table whose definition an extra column has, where that column is the only one of
    /// its definition or is in the same position. Comments do not count.
    ///
    /// - Parameter discrepancies: those of this table are the last ones.
    static func markRenamedColumns(
        _ columns: MatchedColumns, of pair: TablePair, in discrepancies: inout [Discrepancy]
    ) {
        guard !columns.missing.isEmpty, !columns.extra.isEmpty else { return }
        let (expected, actual) = (pair.expected, pair.actual)
        let isAlike = { (column: Column, other: Column) in column.isIdenticalExceptNameAndComment(to: other) }
        for (index, discrepancy) in discrepancies.enumerated().reversed() {
            guard discrepancy.path.table.hasSameBytes(as: actual.name),
                discrepancy.path.schema.hasSameBytes(as: actual.schema)
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
            if let guess { discrepancies[index].renamedTo = ObjectPath(.column, guess.name, of: actual) }
        }
    }

    /// Marks the missing tables, views and types of which exactly one unexpected object has the same definition, under
    /// another name or in another schema.
    func markRenamedObjects(in discrepancies: inout [Discrepancy]) {
        let (expected, actual) = (context.expected, context.actual)
        let missing = discrepancies.indices.filter {
            [.missingTable, .missingView, .missingEnum, .missingType].contains(discrepancies[$0].kind)
        }
        guard !missing.isEmpty else { return }
        var unexpected: [RenameKey: [ObjectPath]] = [:]
        for table in actual.catalog.tables
        where !expected.contains(table.qualifiedName) && !context.versionTables.contains(table.key) {
            if let key = RenameKey(table) { unexpected[key, default: []].append(table.path) }
        }
        for type in actual.catalog.types where expected.type(schema: type.schema, name: type.name) == nil {
            unexpected[RenameKey(type), default: []].append(type.path)
        }
        var indexes: [RenameKey: [Int]] = [:]
        for index in missing {
            let path = discrepancies[index].path
            let key =
                expected.table(TableName(schema: path.schema, name: path.name)).map { RenameKey($0) }
                ?? expected.type(schema: path.schema, name: path.name).map { RenameKey($0) }
            if let key = key ?? nil { indexes[key, default: []].append(index) }
        }
        for (key, indexes) in indexes where indexes.count == 1 {
            if let candidates = unexpected[key], candidates.count == 1 {
                discrepancies[indexes[0]].renamedTo = candidates[0]
            }
        }
    }
}

extension Column {
    /// One side may have been read without its comments.
    fileprivate func isIdenticalExceptNameAndComment(to other: Column) -> Bool {
        var copy = other
        copy.name = name
        copy.comment = comment
        return hasSameBytes(as: copy)
    }
}

extension Table {
    fileprivate func position(of column: String) -> Int? { columns.firstIndex { $0.name.hasSameBytes(as: column) } }
}

/// The definition of an object, without its name.
private struct RenameKey: Hashable {
    private let texts: [ExactString]

    /// Nil for a table of fewer than two columns, because many tables look like that.
    init?(_ table: Table) {
        guard table.columns.count > 1 else { return nil }
        let columns = table.columns.map { "\($0.name)\u{0}\($0.type)\u{0}\($0.nullable)" }
        texts = ([DefinitionText.word(table.kind), table.definition ?? ""] + columns).map(ExactString.init)
    }

    init(_ type: UserType) { texts = [ExactString(DefinitionText.type(type.definition))] }
}
