import Text

/// Compares the objects that are no relations: schemas, extensions, types, functions and procedures.
struct ObjectComparison {
    let context: ComparisonContext

    private var expected: Catalog { context.expected.catalog }
    private var actual: Catalog { context.actual.catalog }

    func compareSchemas(into collector: inout DiscrepancyCollector) {
        let (schemas, others) = (expected.schemas, actual.schemas)
        let difference = ListDifference(schemas, others)
        for position in difference.missing {
            collector.report(
                .missingSchema, ObjectPath(.schema, name: schemas[position]), expected: "schema", actual: nil)
        }
        for position in difference.extra {
            let name = others[position]
            collector.reportExtra(
                .extraSchema, ObjectPath(.schema, name: name), ObjectKey(.schema, name: name), definition: "schema")
        }
    }

    func compareExtensions(into collector: inout DiscrepancyCollector) {
        let text = { (value: Extension) in "version \(value.version) in schema \(SQLIdentifier.quoted(value.schema))" }
        compareObjects(
            expected.extensions, actual.extensions, key: \.key, path: \.path,
            missing: { _ in .missingExtension }, extra: { _ in .extraExtension }, text: text, into: &collector
        ) { value, other, collector in
            if !value.schema.hasSameBytes(as: other.schema) {
                collector.report(.extension, value.path, expected: text(value), actual: text(other))
            }
            if !value.version.hasSameBytes(as: other.version) {
                collector.report(.extensionVersion, value.path, expected: value.version, actual: other.version)
            }
        }
    }

    func compareRoutines(into collector: inout DiscrepancyCollector) {
        compareObjects(
            expected.routines, actual.routines, key: \.key, path: \.path,
            missing: { _ in .missingFunction }, extra: { _ in .extraFunction }, text: DefinitionText.routine,
            into: &collector
        ) { routine, other, collector in
            compare(routine, other, into: &collector)
        }
    }

    private func compare(_ expected: Routine, _ actual: Routine, into collector: inout DiscrepancyCollector) {
        guard expected.kind == actual.kind else {
            collector.report(.function, actual.path, expected: expected.kind.rawValue, actual: actual.kind.rawValue)
            return
        }
        guard let definition = expected.definition, let other = actual.definition else {
            if context.comparesDefinitions {
                collector.reportUndecided(.function, actual.path, because: "its definition was not read")
            }
            return
        }
        // PostgreSQL keeps a body as it was written, except one in the SQL standard's form, which it parses.
        let isParsed = definition.contains("BEGIN ATOMIC") || other.contains("BEGIN ATOMIC")
        let place = ExpressionText.Context.routine(schema: expected.schema, signature: expected.signature)
        let verdict =
            isParsed || context.rules.majorsDiffer
            ? collector.texts.compare(definition, other, in: isParsed ? place : nil)
            : definition.hasSameBytes(as: other) ? .same : .different
        collector.report(.function, actual.path, verdict, expected: definition, actual: other)
    }

    func compareTypes(into collector: inout DiscrepancyCollector) {
        compareObjects(
            expected.types, actual.types, key: \.key, path: \.path,
            missing: { $0.path.kind == .enum ? .missingEnum : .missingType },
            extra: { $0.path.kind == .enum ? .extraEnum : .extraType }, text: { DefinitionText.type($0.definition) },
            into: &collector
        ) { type, other, collector in
            compare(type, other, into: &collector)
        }
    }

    private func compare(_ expected: UserType, _ actual: UserType, into collector: inout DiscrepancyCollector) {
        if case .enumeration(let labels) = expected.definition, case .enumeration(let others) = actual.definition {
            collector.report(
                Discrepancy(
                    kind: .enumLabels, path: actual.path, expected: DefinitionText.labels(labels),
                    actual: DefinitionText.labels(others), subject: .labels(expected: labels, actual: others)))
            return
        }
        let words = (DefinitionText.type(expected.definition), DefinitionText.type(actual.definition))
        if context.rules.isSameType(words.0, words.1) { return }
        collector.report(
            .typeDefinition, actual.path, verdict(expected, actual.definition, &collector.texts), expected: words.0,
            actual: words.1)
    }

    private func verdict(
        _ type: UserType, _ actual: UserType.Definition, _ texts: inout TextComparison
    ) -> TextVerdict {
        guard case .domain(let base, let nullable, let value, let checks) = type.definition,
            case .domain(let otherBase, let otherNullable, let otherValue, let otherChecks) = actual,
            context.rules.isSameType(base, otherBase), nullable == otherNullable, checks.count == otherChecks.count,
            (value == nil) == (otherValue == nil)
        else { return .different }
        var verdict = TextVerdict.same
        if let value, let otherValue {
            verdict = texts.compare(value, otherValue, in: .domainDefault(type.qualifiedName))
        }
        switch self.verdict(checks, otherChecks, of: type, &texts) {
        case .same: return verdict
        case let other: return verdict == .different ? .different : other
        }
    }

    /// Compares the checks of a domain, of which both sides have the same number, by their expressions: the name that
    /// the server generates for a check depends on how many there were before.
    private func verdict(
        _ checks: [String: String], _ others: [String: String], of type: UserType, _ texts: inout TextComparison
    ) -> TextVerdict {
        var rest = others.sorted { $0.key.precedesInBytes($1.key) }
        let open = checks.sorted { $0.key.precedesInBytes($1.key) }.filter { check in
            guard let same = rest.firstIndex(where: { $0.value.hasSameBytes(as: check.value) }) else { return true }
            rest.remove(at: same)
            return false
        }
        var verdict = TextVerdict.same
        for check in open {
            let verdicts = rest.map { texts.compare(check.value, $0.value, in: .domainCheck(type.qualifiedName)) }
            guard let place = verdicts.firstIndex(of: .same) ?? verdicts.firstIndex(where: { $0 != .different }) else {
                return .different
            }
            if verdicts[place] != .same { verdict = verdicts[place] }
            rest.remove(at: place)
        }
        return verdict
    }

    /// Compares two lists of objects, and calls `compare` with each pair that is not identical.
    private func compareObjects<Object: CatalogMember>(
        _ expected: [Object], _ actual: [Object], key: (Object) -> ObjectKey, path: (Object) -> ObjectPath,
        missing: (Object) -> SchemaDifference.Kind, extra: (Object) -> SchemaDifference.Kind,
        text: (Object) -> String, into collector: inout DiscrepancyCollector,
        compare: (Object, Object, inout DiscrepancyCollector) -> Void
    ) {
        let difference = ListDifference(expected, actual)
        for (position, other) in difference.changed { compare(expected[position], actual[other], &collector) }
        for object in difference.missing.map({ expected[$0] }) {
            collector.report(missing(object), path(object), expected: text(object), actual: nil)
        }
        for object in difference.extra.map({ actual[$0] }) {
            collector.reportExtra(extra(object), path(object), key(object), definition: text(object))
        }
    }
}
