extension CatalogComparison {
    /// The columns of two tables, by name; their order does not matter.
    mutating func compareColumns(_ expected: Table, _ actual: Table) {
        let columns = MatchedColumns(expected.columns, actual.columns)
        for (column, other) in columns.pairs where !column.isIdentical(to: other) {
            let parents = parentsThatExplain(expected, actual, isInherited: column.isInherited && other.isInherited)
            if let parents { compare(column, other, of: expected, actual, parents) }
        }
        for column in columns.missing {
            report(missing: column, of: expected, actual, isInherited: column.isInherited)
        }
        for column in columns.extra {
            let parents = parentsThatExplain(expected, actual, isInherited: column.isInherited)
            guard let parents else { continue }
            report(
                Discrepancy(
                    kind: .extraColumn, path: ObjectPath(.column, column.name, of: actual), expected: nil,
                    actual: DefinitionText.column(column), subject: .column(expected: nil, actual: column),
                    parents: parents))
        }
        guessRenames(columns, of: expected, actual)
    }

    /// That every column is there, whatever it is.
    mutating func compareColumnNames(_ expected: Table, _ actual: Table) {
        for column in MatchedColumns(expected.columns, actual.columns).missing {
            report(missing: column, of: expected, actual, isInherited: false)
        }
    }

    /// The parents by which a difference of an inherited part may be explained: none for a part of the table's own, nil
    /// where it is not worth looking, for a partition is what its table is.
    func parentsThatExplain(_ expected: Table, _ actual: Table, isInherited: Bool) -> [TableName]? {
        guard isInherited, !expected.parents.isEmpty, expected.parents.isIdentical(to: actual.parents) else {
            return []
        }
        return expected.isPartition && actual.isPartition ? nil : expected.parents
    }

    private mutating func report(missing column: Column, of expected: Table, _ actual: Table, isInherited: Bool) {
        guard let parents = parentsThatExplain(expected, actual, isInherited: isInherited) else { return }
        report(
            Discrepancy(
                kind: .missingColumn, path: ObjectPath(.column, column.name, of: actual),
                expected: DefinitionText.column(column), actual: nil,
                subject: .column(expected: column, actual: nil), expectedType: column.type, parents: parents))
    }

    private mutating func compare(
        _ expected: Column, _ actual: Column, of expectedTable: Table, _ actualTable: Table, _ parents: [TableName]
    ) {
        let path = ObjectPath(.column, expected.name, of: actualTable)
        var found: [(kind: SchemaDifference.Kind, expected: String?, actual: String?)] = []
        if !texts.rules.isSameType(expected.type, actual.type) { found.append((.type, expected.type, actual.type)) }
        if expected.nullable != actual.nullable {
            let words = (DefinitionText.nullability(expected.nullable), DefinitionText.nullability(actual.nullable))
            found.append((.nullability, words.0, words.1))
        }
        if !expected.collation.isIdentical(to: actual.collation) {
            found.append((.collation, expected.collation, actual.collation))
        }
        if let comment = expected.comment, let other = actual.comment, !comment.isIdentical(to: other) {
            found.append((.comment, SQLLiteral.quoted(comment), SQLLiteral.quoted(other)))
        }
        let (kind, verdict) = sources(expected, actual, of: expectedTable, actualTable)
        switch verdict {
        case .same: break
        case .different:
            found.append((kind, DefinitionText.source(of: expected), DefinitionText.source(of: actual)))
        case .unknown(let reason): leaveUndecided(kind, path, because: reason)
        }
        for one in found {
            report(
                Discrepancy(
                    kind: one.kind, path: path, expected: one.expected, actual: one.actual,
                    subject: .column(expected: expected, actual: actual), parents: parents))
        }
    }

    /// Compares where the values come from that no statement gives.
    private mutating func sources(
        _ expected: Column, _ actual: Column, of expectedTable: Table, _ actualTable: Table
    ) -> (SchemaDifference.Kind, TextVerdict) {
        let table = expectedTable.qualifiedName
        if expected.generated != nil || actual.generated != nil {
            guard let left = expected.generated, let right = actual.generated else { return (.generated, .different) }
            let context = ExpressionText.Context.generatedColumn(table: table, column: expected.name)
            return (.generated, texts.compare(left, right, in: context))
        }
        if expected.identity != nil || actual.identity != nil {
            let isSame =
                expected.identity == actual.identity
                && expected.identityOptions.isIdentical(to: actual.identityOptions)
            return (.identity, isSame ? .same : .different)
        }
        guard let left = expected.default, let right = actual.default else {
            return (.default, expected.default == nil && actual.default == nil ? .same : .different)
        }
        if left.isIdentical(to: right) { return (.default, .same) }
        // The name of a sequence that a column owns does not matter; children have the default of their parent's column.
        let owner = self.expected.ownerOfSequence(in: left)
        if owner != nil, owner.isIdentical(to: self.actual.ownerOfSequence(in: right)) {
            return (.default, .same)
        }
        // A change of type words the default anew; that alone is no second difference.
        if !texts.rules.isSameType(expected.type, actual.type),
            LooseText.of(left).isIdentical(to: LooseText.of(right))
        {
            return (.default, .same)
        }
        return (.default, texts.compare(left, right, in: .columnDefault(table: table, column: expected.name)))
    }
}

/// The columns of two tables by name, in the order of the tables.
struct MatchedColumns {
    private(set) var pairs: [(expected: Column, actual: Column)] = []
    private(set) var missing: [Column] = []
    private(set) var extra: [Column] = []

    init(_ expected: [Column], _ actual: [Column]) {
        // Most tables have the same columns in the same order.
        var same = 0
        while same < expected.count, same < actual.count, expected[same].name.isIdentical(to: actual[same].name) {
            pairs.append((expected[same], actual[same]))
            same += 1
        }
        guard same < expected.count || same < actual.count else { return }
        var rest = Dictionary(
            actual[same...].map { (ExactText($0.name), $0) }, uniquingKeysWith: { first, _ in first })
        for column in expected[same...] {
            if let other = rest.removeValue(forKey: ExactText(column.name)) {
                pairs.append((column, other))
            } else {
                missing.append(column)
            }
        }
        extra = actual[same...].filter { rest[ExactText($0.name)] != nil }
    }
}
