extension CatalogComparison {
    /// Tables, views and their like.
    mutating func compareRelations() {
        let difference = ListDifference(expected.catalog.tables, actual.catalog.tables)
        for (position, other) in difference.changed {
            let table = expected.catalog.tables[position]
            if !versionTables.contains(table.key) { compare(table, actual.catalog.tables[other]) }
        }
        for table in difference.missing.lazy.map({ [expected] in expected.catalog.tables[$0] })
        where !versionTables.contains(table.key) && !isLostWithItsParent(table) {
            report(
                table.isView ? .missingView : .missingTable, table.path, expected: DefinitionText.relation(table),
                actual: nil)
        }
        for table in difference.extra.lazy.map({ [actual] in actual.catalog.tables[$0] })
        where !versionTables.contains(table.key) {
            if table.isPartition {
                // How data is laid out over partitions is decided where the data is.
                noteUnmanaged(table.path)
            } else {
                reportExtra(
                    table.isView ? .extraView : .extraTable, table.path, table.key,
                    definition: DefinitionText.relation(table))
            }
        }
    }

    /// Whether the table is a partition of a table that is missing itself.
    private func isLostWithItsParent(_ table: Table) -> Bool {
        table.isPartition && !table.parents.isEmpty && !table.parents.contains(where: actual.contains)
    }

    private mutating func compare(_ expected: Table, _ actual: Table) {
        if expected.kind != actual.kind {
            report(
                .tableKind, actual.path, expected: DefinitionText.word(expected.kind),
                actual: DefinitionText.word(actual.kind))
        }
        switch (expected.isView, actual.isView) {
        case (true, true): compareDefinitions(expected, actual)
        case (false, false):
            compareStorage(expected, actual)
            compareColumns(expected, actual)
            compareConstraints(expected, actual)
        // A view in the place of a table has no constraints, and its columns no defaults; what counts is that they are
        // there.
        default: compareColumnNames(expected, actual)
        }
        if expected.isView == actual.isView {
            compareIndexes(expected, actual)
            compareTriggers(expected, actual)
            comparePolicies(expected, actual)
        }
        compareNotes(expected, actual)
    }

    private mutating func compareStorage(_ expected: Table, _ actual: Table) {
        let path = actual.path
        if expected.isUnlogged != actual.isUnlogged {
            let words = { (table: Table) in table.isUnlogged ? "UNLOGGED" : "LOGGED" }
            report(.unlogged, path, expected: words(expected), actual: words(actual))
        }
        if expected.rowSecurity != actual.rowSecurity {
            report(
                .rowSecurity, path, expected: expected.rowSecurity.rawValue, actual: actual.rowSecurity.rawValue)
        }
        comparePartitioning(expected, actual)
        if !expected.isPartition, !actual.isPartition, !expected.parents.isIdentical(to: actual.parents) {
            report(.inheritance, path, expected: parents(expected), actual: parents(actual))
        }
    }

    /// The key by which a table is partitioned, and its place in the table that it is a partition of.
    private mutating func comparePartitioning(_ expected: Table, _ actual: Table) {
        if let key = expected.partitionKey, let otherKey = actual.partitionKey {
            report(
                .partitioning, actual.path, texts.compare(key, otherKey, in: nil), expected: "PARTITION BY " + key,
                actual: "PARTITION BY " + otherKey)
        }
        guard expected.isPartition || actual.isPartition else { return }
        let isSame =
            expected.partitionBound.isIdentical(to: actual.partitionBound)
            && expected.parents.isIdentical(to: actual.parents)
        if !isSame {
            report(.partitioning, actual.path, expected: partition(expected), actual: partition(actual))
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
        tables.map { $0.sql(defaultSchema: defaultSchema) }.joined(separator: ", ")
    }

    private mutating func compareDefinitions(_ expected: Table, _ actual: Table) {
        let kind = SchemaDifference.Kind.view
        guard expected.kind == actual.kind else { return }
        if let definition = expected.definition, let other = actual.definition {
            let verdict = texts.compare(definition, other, in: .view(expected.qualifiedName))
            report(kind, actual.path, verdict, expected: definition, actual: other)
        } else if !hasSameShape(expected, actual) {
            report(kind, actual.path, expected: shape(expected), actual: shape(actual))
        } else if comparesDefinitions {
            leaveUndecided(kind, actual.path, because: "its definition was not read")
        }
    }

    private func hasSameShape(_ expected: Table, _ actual: Table) -> Bool {
        expected.columns.count == actual.columns.count
            && zip(expected.columns, actual.columns).allSatisfy {
                $0.name.isIdentical(to: $1.name) && $0.type.isIdentical(to: $1.type)
            }
    }

    private func shape(_ table: Table) -> String {
        table.columns.map { "\(SQLIdentifier.quoted($0.name)) \($0.type)" }.joined(separator: ", ")
    }

    /// Comments and privileges, where both sides have been asked for them.
    private mutating func compareNotes(_ expected: Table, _ actual: Table) {
        if let comment = expected.comment, let other = actual.comment, !comment.isIdentical(to: other) {
            report(
                .comment, actual.path, expected: SQLLiteral.quoted(comment), actual: SQLLiteral.quoted(other))
        }
        if let grants = expected.privileges, let others = actual.privileges, !grants.isIdentical(to: others) {
            report(
                .privileges, actual.path, expected: grants.joined(separator: ", "),
                actual: others.joined(separator: ", "))
        }
    }
}
