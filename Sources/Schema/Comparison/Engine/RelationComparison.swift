import Text

/// Compares tables and views with all their parts.
struct RelationComparison {
    let context: ComparisonContext

    func compare(into collector: inout DiscrepancyCollector) {
        let (expected, actual) = (context.expected.catalog.tables, context.actual.catalog.tables)
        let versionTables = context.versionTables
        let difference = ListDifference(expected, actual)
        for (position, other) in difference.changed {
            let pair = TablePair(expected: expected[position], actual: actual[other], context: context)
            if !versionTables.contains(pair.expected.key) { compare(pair, into: &collector) }
        }
        for table in difference.missing.lazy.map({ expected[$0] })
        where !versionTables.contains(table.key) && !isMissingWithItsParent(table) {
            collector.report(
                table.isView ? .missingView : .missingTable, table.path, expected: DefinitionText.relation(table),
                actual: nil)
        }
        for table in difference.extra.lazy.map({ actual[$0] }) where !versionTables.contains(table.key) {
            if table.isPartition {
                // Which partitions exist depends on the data, not on the migrations.
                collector.reportUnmanaged(table.path)
            } else {
                collector.reportExtra(
                    table.isView ? .extraView : .extraTable, table.path, table.key,
                    definition: DefinitionText.relation(table))
            }
        }
    }

    /// Whether the table is a partition of a table that is missing itself.
    private func isMissingWithItsParent(_ table: Table) -> Bool {
        table.isPartition && !table.parents.isEmpty && !table.parents.contains(where: context.actual.contains)
    }

    private func compare(_ pair: TablePair, into collector: inout DiscrepancyCollector) {
        let (expected, actual) = (pair.expected, pair.actual)
        if expected.kind != actual.kind {
            collector.report(
                .tableKind, actual.path, expected: DefinitionText.word(expected.kind),
                actual: DefinitionText.word(actual.kind))
        }
        switch (expected.isView, actual.isView) {
        case (true, true): compareViews(expected, actual, into: &collector)
        case (false, false):
            compareStorage(expected, actual, into: &collector)
            ColumnComparison(pair: pair).compare(into: &collector)
            ConstraintComparison(pair: pair).compare(into: &collector)
        // A view in place of a table has no constraints and its columns no defaults: compare only which columns exist.
        default: ColumnComparison(pair: pair).compareNames(into: &collector)
        }
        if expected.isView == actual.isView {
            IndexComparison(pair: pair).compare(into: &collector)
            TriggerComparison(pair: pair).compare(into: &collector)
            PolicyComparison(pair: pair).compare(into: &collector)
        }
        compareAnnotations(expected, actual, into: &collector)
    }

    private func compareStorage(
        _ expected: Table, _ actual: Table, into collector: inout DiscrepancyCollector
    ) {
        let path = actual.path
        if expected.isUnlogged != actual.isUnlogged {
            let words = { (table: Table) in table.isUnlogged ? "UNLOGGED" : "LOGGED" }
            collector.report(.unlogged, path, expected: words(expected), actual: words(actual))
        }
        if expected.rowSecurity != actual.rowSecurity {
            collector.report(
                .rowSecurity, path, expected: expected.rowSecurity.rawValue, actual: actual.rowSecurity.rawValue)
        }
        comparePartitioning(expected, actual, into: &collector)
        if !expected.isPartition, !actual.isPartition, !expected.parents.hasSameBytes(as: actual.parents) {
            collector.report(.inheritance, path, expected: parents(expected), actual: parents(actual))
        }
    }

    /// Compares the key by which a table is partitioned, and the table and bound that it is a partition of.
    private func comparePartitioning(
        _ expected: Table, _ actual: Table, into collector: inout DiscrepancyCollector
    ) {
        if let key = expected.partitionKey, let otherKey = actual.partitionKey {
            collector.report(
                .partitioning, actual.path, collector.texts.compare(key, otherKey, in: nil),
                expected: "PARTITION BY " + key, actual: "PARTITION BY " + otherKey)
        }
        guard expected.isPartition || actual.isPartition else { return }
        let isSame =
            expected.partitionBound.hasSameBytes(as: actual.partitionBound)
            && expected.parents.hasSameBytes(as: actual.parents)
        if !isSame {
            collector.report(.partitioning, actual.path, expected: partition(expected), actual: partition(actual))
        }
    }

    private func partition(_ table: Table) -> String {
        guard let bound = table.partitionBound else { return "no partition" }
        return "PARTITION OF \(names(table.parents)) \(bound)"
    }

    private func parents(_ table: Table) -> String? {
        table.parents.isEmpty ? nil : "INHERITS (\(names(table.parents)))"
    }

    private func names(_ tables: [TableName]) -> String {
        tables.map { $0.sql(defaultSchema: context.defaultSchema) }.joined(separator: ", ")
    }

    private func compareViews(_ expected: Table, _ actual: Table, into collector: inout DiscrepancyCollector) {
        let kind = SchemaDifference.Kind.view
        guard expected.kind == actual.kind else { return }
        if let definition = expected.definition, let other = actual.definition {
            let verdict = collector.texts.compare(definition, other, in: .view(expected.qualifiedName))
            collector.report(kind, actual.path, verdict, expected: definition, actual: other)
        } else if !hasSameColumns(expected, actual) {
            collector.report(kind, actual.path, expected: columnList(expected), actual: columnList(actual))
        } else if context.comparesDefinitions {
            collector.reportUndecided(kind, actual.path, because: "its definition was not read")
        }
    }

    private func hasSameColumns(_ expected: Table, _ actual: Table) -> Bool {
        expected.columns.count == actual.columns.count
            && zip(expected.columns, actual.columns).allSatisfy {
                $0.name.hasSameBytes(as: $1.name) && $0.type.hasSameBytes(as: $1.type)
            }
    }

    private func columnList(_ table: Table) -> String {
        table.columns.map { "\(SQLIdentifier.quoted($0.name)) \($0.type)" }.joined(separator: ", ")
    }

    /// Compares comments and privileges, where they were read on both sides.
    private func compareAnnotations(
        _ expected: Table, _ actual: Table, into collector: inout DiscrepancyCollector
    ) {
        if let comment = expected.comment, let other = actual.comment, !comment.hasSameBytes(as: other) {
            collector.report(
                .comment, actual.path, expected: SQLLiteral.quoted(comment), actual: SQLLiteral.quoted(other))
        }
        if let grants = expected.privileges, let others = actual.privileges, !grants.hasSameBytes(as: others) {
            collector.report(
                .privileges, actual.path, expected: grants.joined(separator: ", "),
                actual: others.joined(separator: ", "))
        }
    }
}
