import Text

/// Compares the indexes of two tables: by definition first, then by name.
struct IndexComparison {
    let pair: TablePair

    func compare(into collector: inout DiscrepancyCollector) {
        let (expected, actual) = (pair.expected, pair.actual)
        if expected.indexes.hasSameBytes(as: actual.indexes) { return }
        let matching = PartMatching(
            expected.indexes, actual.indexes, in: .index(table: expected.qualifiedName), texts: &collector.texts,
            typesDiffer: pair.columnTypesDiffer)
        for match in matching.pairs {
            let isInherited = match.expected.isInherited && match.actual.isInherited
            if let parents = pair.explainingParents(isInherited: isInherited) {
                compare(match, parents, into: &collector)
            }
        }
        for index in matching.missing {
            guard let parents = pair.explainingParents(isInherited: index.isInherited) else { continue }
            collector.report(
                .missingIndex, ObjectPath(.index, index.name, of: actual), expected: text(index, of: expected),
                actual: nil, subject: .index(expected: index, actual: nil), parents: parents)
        }
        for index in matching.extra {
            guard let parents = pair.explainingParents(isInherited: index.isInherited) else { continue }
            collector.report(
                index.isValid ? .extraIndex : .indexInvalid, ObjectPath(.index, index.name, of: actual), expected: nil,
                actual: text(index, of: actual), subject: .index(expected: nil, actual: index), parents: parents)
        }
    }

    private func compare(
        _ match: PartMatching<Index>.Pair, _ parents: [TableName], into collector: inout DiscrepancyCollector
    ) {
        let (expected, actual) = (match.expected, match.actual)
        let path = ObjectPath(.index, actual.name, of: pair.actual)
        let subject = Discrepancy.Subject.index(expected: expected, actual: actual)
        let texts = (text(expected, of: pair.expected), text(actual, of: pair.actual))
        if match.verdict != .same {
            collector.report(
                .index, path, match.verdict, expected: texts.0, actual: texts.1, subject: subject, parents: parents)
        } else if pair.isRenamingWorthReporting(expected.name, actual.name) {
            collector.report(
                .indexName, path, expected: expected.name, actual: actual.name, subject: subject, parents: parents)
        }
        guard expected.isValid != actual.isValid else { return }
        // The index on a partitioned table becomes valid once every partition has its own: an improvement, not
        // reported.
        if !actual.isValid {
            collector.report(
                .indexInvalid, path, expected: texts.0, actual: texts.1, subject: subject, parents: parents)
        }
    }

    private func text(_ index: Index, of table: Table) -> String {
        DefinitionText.index(index, of: table, defaultSchema: pair.context.defaultSchema)
    }
}
