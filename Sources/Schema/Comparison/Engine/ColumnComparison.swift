import Text

/// Compares the columns of two tables by name; their order does not matter.
struct ColumnComparison {
    let pair: TablePair

    func compare(into collector: inout DiscrepancyCollector) {
        let columns = MatchedColumns(pair.expected.columns, pair.actual.columns)
        for (column, other) in columns.pairs where !column.hasSameBytes(as: other) {
            let parents = pair.explainingParents(isInherited: column.isInherited && other.isInherited)
            if let parents { compare(column, other, parents, into: &collector) }
        }
        for column in columns.missing {
            report(missing: column, isInherited: column.isInherited, to: &collector)
        }
        for column in columns.extra {
            guard let parents = pair.explainingParents(isInherited: column.isInherited) else { continue }
            collector.report(
                Discrepancy(
                    kind: .extraColumn, path: ObjectPath(.column, column.name, of: pair.actual), expected: nil,
                    actual: DefinitionText.column(column), subject: .column(expected: nil, actual: column),
                    parents: parents))
        }
        collector.markRenamedColumns(columns, of: pair)
    }

    /// Compares only which columns exist, not what they are.
    func compareNames(into collector: inout DiscrepancyCollector) {
        for column in MatchedColumns(pair.expected.columns, pair.actual.columns).missing {
            report(missing: column, isInherited: false, to: &collector)
        }
    }

    private func report(missing column: Column, isInherited: Bool, to collector: inout DiscrepancyCollector) {
        guard let parents = pair.explainingParents(isInherited: isInherited) else { return }
        collector.report(
            Discrepancy(
                kind: .missingColumn, path: ObjectPath(.column, column.name, of: pair.actual),
                expected: DefinitionText.column(column), actual: nil,
                subject: .column(expected: column, actual: nil), expectedType: column.type, parents: parents))
    }

    private func compare(
        _ expected: Column, _ actual: Column, _ parents: [TableName], into collector: inout DiscrepancyCollector
    ) {
        let path = ObjectPath(.column, expected.name, of: pair.actual)
        var found: [(kind: SchemaDifference.Kind, expected: String?, actual: String?)] = []
        if !pair.context.rules.isSameType(expected.type, actual.type) {
            found.append((.type, expected.type, actual.type))
        }
        if expected.nullable != actual.nullable {
            let words = (DefinitionText.nullability(expected.nullable), DefinitionText.nullability(actual.nullable))
            found.append((.nullability, words.0, words.1))
        }
        if !expected.collation.hasSameBytes(as: actual.collation) {
            found.append((.collation, expected.collation, actual.collation))
        }
        if let comment = expected.comment, let other = actual.comment, !comment.hasSameBytes(as: other) {
            found.append((.comment, SQLLiteral.quoted(comment), SQLLiteral.quoted(other)))
        }
        let (kind, verdict) = compareSources(expected, actual, &collector.texts)
        switch verdict {
        case .same: break
        case .different:
            found.append((kind, DefinitionText.source(of: expected), DefinitionText.source(of: actual)))
        case .unknown(let reason): collector.reportUndecided(kind, path, because: reason)
        }
        for one in found {
            collector.report(
                Discrepancy(
                    kind: one.kind, path: path, expected: one.expected, actual: one.actual,
                    subject: .column(expected: expected, actual: actual), parents: parents))
        }
    }

    /// Compares how the database fills a column that a statement leaves out: default, identity or generated expression.
    private func compareSources(
        _ expected: Column, _ actual: Column, _ texts: inout TextComparison
    ) -> (SchemaDifference.Kind, TextVerdict) {
        let context = pair.context
        let table = pair.expected.qualifiedName
        if expected.generated != nil || actual.generated != nil {
            guard let left = expected.generated, let right = actual.generated else { return (.generated, .different) }
            return (.generated, texts.compare(left, right, in: .generatedColumn(table: table, column: expected.name)))
        }
        if expected.identity != nil || actual.identity != nil {
            let isSame =
                expected.identity == actual.identity
                && expected.identityOptions.hasSameBytes(as: actual.identityOptions)
            return (.identity, isSame ? .same : .different)
        }
        guard let left = expected.default, let right = actual.default else {
            return (.default, expected.default == nil && actual.default == nil ? .same : .different)
        }
        if left.hasSameBytes(as: right) { return (.default, .same) }
        // The name of a sequence that a column owns does not matter. Children have the default of the parent's column.
        let owner = context.expected.ownerOfSequence(in: left)
        if owner != nil, owner.hasSameBytes(as: context.actual.ownerOfSequence(in: right)) {
            return (.default, .same)
        }
        // After a change of type PostgreSQL prints the default with another cast; that is no second difference.
        if !context.rules.isSameType(expected.type, actual.type),
            UncastExpression.of(left).hasSameBytes(as: UncastExpression.of(right))
        {
            return (.default, .same)
        }
        return (.default, texts.compare(left, right, in: .columnDefault(table: table, column: expected.name)))
    }
}

/// The columns of two tables, matched by name, in the order of the tables.
struct MatchedColumns {
    private(set) var pairs: [(expected: Column, actual: Column)] = []
    private(set) var missing: [Column] = []
    private(set) var extra: [Column] = []

    init(_ expected: [Column], _ actual: [Column]) {
        // Most tables have the same columns in the same order.
        var same = 0
        while same < expected.count, same < actual.count, expected[same].name.hasSameBytes(as: actual[same].name) {
            pairs.append((expected[same], actual[same]))
            same += 1
        }
        guard same < expected.count || same < actual.count else { return }
        var rest = Dictionary(
            actual[same...].map { (ExactString($0.name), $0) }, uniquingKeysWith: { first, _ in first })
        for column in expected[same...] {
            if let other = rest.removeValue(forKey: ExactString(column.name)) {
                pairs.append((column, other))
            } else {
                missing.append(column)
            }
        }
        extra = actual[same...].filter { rest[ExactString($0.name)] != nil }
    }
}
