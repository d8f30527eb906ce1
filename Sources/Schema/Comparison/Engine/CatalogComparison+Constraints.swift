extension CatalogComparison {
    mutating func compareConstraints(_ expected: Table, _ actual: Table) {
        if expected.constraints.isIdentical(to: actual.constraints) { return }
        let matching = PartMatching(
            expected.constraints, actual.constraints, in: .constraint(table: expected.qualifiedName), texts: &texts,
            typesDiffer: haveOtherTypes(expected, actual))
        for pair in matching.pairs {
            let isInherited = pair.expected.isInherited && pair.actual.isInherited
            if let parents = parentsThatExplain(expected, actual, isInherited: isInherited) {
                compare(pair, of: actual, parents)
            }
        }
        for constraint in matching.missing {
            let parents = parentsThatExplain(expected, actual, isInherited: constraint.isInherited)
            guard let parents else { continue }
            report(
                .missingConstraint, ObjectPath(.constraint, constraint.name, of: actual),
                expected: DefinitionText.constraint(constraint), actual: nil, parents: parents)
        }
        for constraint in matching.extra {
            let parents = parentsThatExplain(expected, actual, isInherited: constraint.isInherited)
            guard let parents else { continue }
            report(
                .extraConstraint, ObjectPath(.constraint, constraint.name, of: actual), expected: nil,
                actual: DefinitionText.constraint(constraint), parents: parents)
        }
    }

    private mutating func compare(_ pair: PartMatching<Constraint>.Pair, of table: Table, _ parents: [TableName]) {
        let (expected, actual) = (pair.expected, pair.actual)
        let path = ObjectPath(.constraint, actual.name, of: table)
        let texts = (DefinitionText.constraint(expected), DefinitionText.constraint(actual))
        guard pair.verdict == .same else {
            report(.constraint, path, pair.verdict, expected: texts.0, actual: texts.1, parents: parents)
            return
        }
        if isNameWorthTelling(expected.name, actual.name, of: table) {
            report(.constraintName, path, expected: expected.name, actual: actual.name, parents: parents)
        }
        if expected.isValidated != actual.isValidated {
            report(
                actual.isValidated ? .constraintValidated : .constraintNotValidated, path, expected: texts.0,
                actual: texts.1, parents: parents)
        }
    }

    mutating func compareIndexes(_ expected: Table, _ actual: Table) {
        if expected.indexes.isIdentical(to: actual.indexes) { return }
        let matching = PartMatching(
            expected.indexes, actual.indexes, in: .index(table: expected.qualifiedName), texts: &texts,
            typesDiffer: haveOtherTypes(expected, actual))
        for pair in matching.pairs {
            let isInherited = pair.expected.isInherited && pair.actual.isInherited
            if let parents = parentsThatExplain(expected, actual, isInherited: isInherited) {
                compare(pair, of: expected, actual, parents)
            }
        }
        for index in matching.missing {
            let parents = parentsThatExplain(expected, actual, isInherited: index.isInherited)
            guard let parents else { continue }
            report(
                .missingIndex, ObjectPath(.index, index.name, of: actual), expected: text(index, of: expected),
                actual: nil, parents: parents)
        }
        for index in matching.extra {
            let parents = parentsThatExplain(expected, actual, isInherited: index.isInherited)
            guard let parents else { continue }
            report(
                index.isValid ? .extraIndex : .indexInvalid, ObjectPath(.index, index.name, of: actual), expected: nil,
                actual: text(index, of: actual), parents: parents)
        }
    }

    private mutating func compare(
        _ pair: PartMatching<Index>.Pair, of expectedTable: Table, _ table: Table, _ parents: [TableName]
    ) {
        let (expected, actual) = (pair.expected, pair.actual)
        let path = ObjectPath(.index, actual.name, of: table)
        let texts = (text(expected, of: expectedTable), text(actual, of: table))
        if pair.verdict != .same {
            report(.index, path, pair.verdict, expected: texts.0, actual: texts.1, parents: parents)
        } else if isNameWorthTelling(expected.name, actual.name, of: table) {
            report(.indexName, path, expected: expected.name, actual: actual.name, parents: parents)
        }
        guard expected.isValid != actual.isValid else { return }
        // The index on a partitioned table is valid once every partition has its own; that is for the better.
        if !actual.isValid { report(.indexInvalid, path, expected: texts.0, actual: texts.1, parents: parents) }
    }

    /// Whether a column of one table has another type in the other.
    func haveOtherTypes(_ expected: Table, _ actual: Table) -> Bool {
        MatchedColumns(expected.columns, actual.columns).pairs.contains { !texts.rules.isSameType($0.type, $1.type) }
    }

    private func text(_ index: Index, of table: Table) -> String {
        DefinitionText.index(index, of: table, defaultSchema: defaultSchema)
    }

    /// Whether the names differ and at least one of them was chosen by somebody.
    private func isNameWorthTelling(_ expected: String, _ actual: String, of table: Table) -> Bool {
        !expected.isIdentical(to: actual)
            && !(GeneratedName.isLikely(expected, of: table.name) && GeneratedName.isLikely(actual, of: table.name))
    }
}

/// The names that PostgreSQL gives to constraints and indexes without one: `users_email_key`, `users_email_key1`.
enum GeneratedName {
    static func isLikely(_ name: String, of table: String) -> Bool {
        var stem = name[...]
        while let last = stem.utf8.last, (0x30...0x39).contains(last) { stem = stem.dropLast() }
        guard endings.contains(where: { stem.hasSuffix($0) }) else { return false }
        // Long names of tables are cut to make room for the rest of 63 bytes.
        let kept = table.utf8.prefix(24)
        return stem.utf8.starts(with: kept)
    }

    private static let endings = ["_pkey", "_key", "_fkey", "_check", "_excl", "_idx"]
}
