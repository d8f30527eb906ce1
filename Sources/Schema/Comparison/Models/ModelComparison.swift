import Text

/// Compares the models with a catalog by names, types and nullability.
///
/// This is all that can be compared where the migrations are not known, and what the models' statements need of every
/// database.
struct ModelComparison {
    private(set) var discrepancies: [Discrepancy] = []
    private(set) var undecided: [Undecided] = []
    private let actual: CatalogIndex
    private let userTypes: Set<ExactString>
    /// The results by the model's type and the column's: most columns have one of a few types.
    private var verdicts: [TypePair: Bool?] = [:]

    /// - Parameter parts: what to compare in addition to the existence of tables and columns.
    init(_ mapped: MappedSchema, against actual: CatalogIndex, parts: Parts) {
        self.actual = actual
        userTypes = Set(actual.catalog.types.map { ExactString($0.name) })
        for model in mapped.tables {
            guard let table = model.found(in: actual) else {
                discrepancies.append(
                    Discrepancy(
                        kind: .missingTable, path: ObjectPath(.table, schema: model.name.schema, name: model.name.name),
                        expected: model.text, actual: nil))
                continue
            }
            let found = compare(model, table, parts)
            if found < table.columns.count, !table.isView { reportExtra(model, table, parts) }
        }
    }

    struct Parts: OptionSet {
        let rawValue: Int

        static let types = Parts(rawValue: 1)
        static let nullability = Parts(rawValue: 2)
        /// Columns that the models lack and that every statement must fill.
        static let unfilled = Parts(rawValue: 4)
        /// Columns that the models lack.
        static let extras = Parts(rawValue: 8)
    }

    /// How many of the model's columns the table has.
    private mutating func compare(_ model: MappedTable, _ table: Table, _ parts: Parts) -> Int {
        var count = 0
        var byName: [ExactString: Column]?
        for index in 0..<model.columnCount {
            let name = model.columnName(at: index)
            var found: Column?
            if index < table.columns.count, table.columns[index].name.hasSameBytes(as: name) {
                found = table.columns[index]
            } else {
                let columns =
                    byName
                    ?? Dictionary(
                        table.columns.map { (ExactString($0.name), $0) }, uniquingKeysWith: { first, _ in first })
                byName = columns
                found = columns[ExactString(name)]
            }
            guard let found else {
                let column = model.column(at: index)
                discrepancies.append(
                    Discrepancy(
                        kind: .missingColumn, path: ObjectPath(.column, name, of: table), expected: column.text,
                        actual: nil, expectedType: column.typeText))
                continue
            }
            count += 1
            // The columns of a view may have other types and are never NOT NULL; nothing is written to them.
            if !table.isView { compare(model, index, found, of: table, parts) }
        }
        return count
    }

    private mutating func compare(
        _ model: MappedTable, _ index: Int, _ column: Column, of table: Table, _ parts: Parts
    ) {
        let path = ObjectPath(.column, column.name, of: table)
        let spelled: String
        let nullable: Bool
        switch model.source {
        case .created(let table): (spelled, nullable) = (table.columns[index].type, table.columns[index].nullable)
        case .described(let table): (spelled, nullable) = (table.columns[index].type, table.columns[index].nullable)
        }
        if parts.contains(.types) {
            switch isSame(model, spelled, column) {
            case true?: break
            case false?:
                discrepancies.append(
                    Discrepancy(
                        kind: .type, path: path, expected: spelled, actual: column.type,
                        subject: .column(expected: nil, actual: column)))
            case nil:
                undecided.append(
                    Undecided(
                        kind: .type, path: path,
                        reason: spelled.isEmpty
                            ? "its type in the models has no name"
                            : "its type in the models is \(spelled), in the database \(column.type)"))
            }
        }
        if parts.contains(.nullability), nullable != column.nullable {
            discrepancies.append(
                Discrepancy(
                    kind: .nullability, path: path, expected: DefinitionText.nullability(nullable),
                    actual: DefinitionText.nullability(column.nullable),
                    subject: .column(expected: nil, actual: column)))
        }
    }

    /// Whether a column has the model's type; nil where that cannot be decided.
    private mutating func isSame(_ model: MappedTable, _ spelled: String, _ column: Column) -> Bool? {
        if case .created = model.source { return spelled.hasSameBytes(as: column.type) }
        let pair = TypePair(spelled: ExactString(spelled), actual: ExactString(column.type))
        if let known = verdicts[pair] { return known }
        let known = userTypes
        let verdict = SQLAlchemyType.parse(spelled).flatMap { type in
            ColumnType(formatted: column.type).satisfies(type) { known.contains(ExactString($0)) }
        }
        verdicts[pair] = .some(verdict)
        return verdict
    }

    private mutating func reportExtra(_ model: MappedTable, _ table: Table, _ parts: Parts) {
        for column in table.columns
        where parts.contains(.extras) || parts.contains(.unfilled) && column.isUnfilled {
            if model.column(column.name) == nil { report(extra: column, of: table) }
        }
    }

    private mutating func report(extra column: Column, of table: Table) {
        discrepancies.append(
            Discrepancy(
                kind: .extraColumn, path: ObjectPath(.column, column.name, of: table), expected: nil,
                actual: DefinitionText.column(column), subject: .column(expected: nil, actual: column)))
    }
}

private struct TypePair: Hashable {
    let spelled: ExactString
    let actual: ExactString
}
