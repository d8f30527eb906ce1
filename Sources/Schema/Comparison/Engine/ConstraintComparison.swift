import Text

/// Compares the constraints of two tables: by definition first, then by name.
struct ConstraintComparison {
    let pair: TablePair

    func compare(into collector: inout DiscrepancyCollector) {
        let (expected, actual) = (pair.expected, pair.actual)
        if expected.constraints.hasSameBytes(as: actual.constraints) { return }
        let matching = PartMatching(
            expected.constraints, actual.constraints, in: .constraint(table: expected.qualifiedName),
            texts: &collector.texts, typesDiffer: pair.columnTypesDiffer)
        for match in matching.pairs {
            let isInherited = match.expected.isInherited && match.actual.isInherited
            if let parents = pair.explainingParents(isInherited: isInherited) {
                compare(match, parents, into: &collector)
            }
        }
        for constraint in matching.missing {
            guard let parents = pair.explainingParents(isInherited: constraint.isInherited) else { continue }
            collector.report(
                .missingConstraint, ObjectPath(.constraint, constraint.name, of: actual),
                expected: DefinitionText.constraint(constraint), actual: nil,
                subject: .constraint(expected: constraint, actual: nil), parents: parents)
        }
        for constraint in matching.extra {
            guard let parents = pair.explainingParents(isInherited: constraint.isInherited) else { continue }
            collector.report(
                .extraConstraint, ObjectPath(.constraint, constraint.name, of: actual), expected: nil,
                actual: DefinitionText.constraint(constraint), parents: parents)
        }
    }

    private func compare(
        _ match: PartMatching<Constraint>.Pair, _ parents: [TableName], into collector: inout DiscrepancyCollector
    ) {
        let (expected, actual) = (match.expected, match.actual)
        let path = ObjectPath(.constraint, actual.name, of: pair.actual)
        let texts = (DefinitionText.constraint(expected), DefinitionText.constraint(actual))
        let subject = Discrepancy.Subject.constraint(expected: expected, actual: actual)
        guard match.verdict == .same else {
            collector.report(
                .constraint, path, match.verdict, expected: texts.0, actual: texts.1, subject: subject, parents: parents
            )
            return
        }
        if pair.isRenamingWorthReporting(expected.name, actual.name) {
            collector.report(
                .constraintName, path, expected: expected.name, actual: actual.name, subject: subject, parents: parents)
        }
        if expected.isValidated != actual.isValidated {
            collector.report(
                actual.isValidated ? .constraintValidated : .constraintNotValidated, path, expected: texts.0,
                actual: texts.1, subject: subject, parents: parents)
        }
    }
}
