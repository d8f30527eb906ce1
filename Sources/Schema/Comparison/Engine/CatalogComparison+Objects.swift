extension CatalogComparison {
    mutating func compareSchemas() {
        let difference = ListDifference(expected.catalog.schemas, actual.catalog.schemas)
        for position in difference.missing {
            let path = ObjectPath(.schema, name: expected.catalog.schemas[position])
            report(.missingSchema, path, expected: "schema", actual: nil)
        }
        for position in difference.extra {
            let name = actual.catalog.schemas[position]
            reportExtra(
                .extraSchema, ObjectPath(.schema, name: name), ObjectKey(.schema, name: name), definition: "schema")
        }
    }

    mutating func compareExtensions() {
        let text = { (value: Extension) in "version \(value.version) in schema \(SQLIdentifier.quoted(value.schema))" }
        compareObjects(
            expected.catalog.extensions, actual.catalog.extensions, key: \.key, path: \.path,
            missing: { _ in .missingExtension }, extra: { _ in .extraExtension }, text: text
        ) { comparison, value, other in
            if !value.schema.isIdentical(to: other.schema) {
                comparison.report(.extension, value.path, expected: text(value), actual: text(other))
            }
            if !value.version.isIdentical(to: other.version) {
                comparison.report(.extensionVersion, value.path, expected: value.version, actual: other.version)
            }
        }
    }

    mutating func compareRoutines() {
        compareObjects(
            expected.catalog.routines, actual.catalog.routines, key: \.key, path: \.path,
            missing: { _ in .missingFunction }, extra: { _ in .extraFunction }, text: DefinitionText.routine
        ) { comparison, routine, other in
            comparison.compare(routine, other)
        }
    }

    private mutating func compare(_ expected: Routine, _ actual: Routine) {
        guard expected.kind == actual.kind else {
            report(.function, actual.path, expected: expected.kind.rawValue, actual: actual.kind.rawValue)
            return
        }
        guard let definition = expected.definition, let other = actual.definition else {
            if comparesDefinitions {
                leaveUndecided(.function, actual.path, because: "its definition was not read")
            }
            return
        }
        // A body is kept as it was written, except in the SQL standard's form.
        let isParsed = definition.contains("BEGIN ATOMIC") || other.contains("BEGIN ATOMIC")
        let context = ExpressionText.Context.routine(schema: expected.schema, signature: expected.signature)
        let verdict =
            isParsed || texts.rules.majorsDiffer
            ? texts.compare(definition, other, in: isParsed ? context : nil)
            : definition.isIdentical(to: other) ? .same : .different
        report(.function, actual.path, verdict, expected: definition, actual: other)
    }

    mutating func compareTypes() {
        compareObjects(
            expected.catalog.types, actual.catalog.types, key: \.key, path: \.path,
            missing: { $0.path.kind == .enum ? .missingEnum : .missingType },
            extra: { $0.path.kind == .enum ? .extraEnum : .extraType }, text: { DefinitionText.type($0.definition) }
        ) { comparison, type, other in
            comparison.compare(type, other)
        }
    }

    private mutating func compare(_ expected: UserType, _ actual: UserType) {
        if case .enumeration(let labels) = expected.definition, case .enumeration(let others) = actual.definition {
            report(
                Discrepancy(
                    kind: .enumLabels, path: actual.path, expected: DefinitionText.labels(labels),
                    actual: DefinitionText.labels(others), subject: .labels(expected: labels, actual: others)))
            return
        }
        let words = (DefinitionText.type(expected.definition), DefinitionText.type(actual.definition))
        if texts.rules.isSameType(words.0, words.1) { return }
        report(
            .typeDefinition, actual.path, verdict(expected, actual.definition),
            expected: DefinitionText.type(expected.definition), actual: DefinitionText.type(actual.definition))
    }

    private mutating func verdict(_ type: UserType, _ actual: UserType.Definition) -> TextVerdict {
        guard case .domain(let base, let nullable, let value, let checks) = type.definition,
            case .domain(let otherBase, let otherNullable, let otherValue, let otherChecks) = actual,
            texts.rules.isSameType(base, otherBase), nullable == otherNullable, checks.count == otherChecks.count,
            (value == nil) == (otherValue == nil)
        else { return .different }
        var verdict = TextVerdict.same
        if let value, let otherValue {
            verdict = texts.compare(value, otherValue, in: .domainDefault(type.qualifiedName))
        }
        switch self.verdict(checks, otherChecks, of: type) {
        case .same: return verdict
        case let other: return verdict == .different ? .different : other
        }
    }

    /// The checks of a domain, as many on both sides, by what they say: the name that the server gives to one depends
    /// on how many there were before.
    private mutating func verdict(
        _ checks: [String: String], _ others: [String: String], of type: UserType
    ) -> TextVerdict {
        var rest = others.sorted { $0.key.precedesInBytes($1.key) }
        let open = checks.sorted { $0.key.precedesInBytes($1.key) }.filter { check in
            guard let same = rest.firstIndex(where: { $0.value.isIdentical(to: check.value) }) else { return true }
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

    /// Holds two lists against each other, and hands what both have and what differs to `compare`.
    private mutating func compareObjects<Object: CatalogMember>(
        _ expected: [Object], _ actual: [Object], key: (Object) -> ObjectKey, path: (Object) -> ObjectPath,
        missing: (Object) -> SchemaDifference.Kind, extra: (Object) -> SchemaDifference.Kind,
        text: (Object) -> String, compare: (inout CatalogComparison, Object, Object) -> Void
    ) {
        let difference = ListDifference(expected, actual)
        for (position, other) in difference.changed { compare(&self, expected[position], actual[other]) }
        for object in difference.missing.map({ expected[$0] }) {
            report(missing(object), path(object), expected: text(object), actual: nil)
        }
        for object in difference.extra.map({ actual[$0] }) {
            reportExtra(extra(object), path(object), key(object), definition: text(object))
        }
    }
}
