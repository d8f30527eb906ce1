public import Schema

extension SchemaDifference.Kind {
    /// The rule that reports differences of this kind.
    var code: String {
        switch self {
        case .missingTable, .missingView: "schema.missingTable"
        case .missingColumn: "schema.missingColumn"
        case .type, .collation, .missingType, .extraType, .typeDefinition: "schema.typeDiffers"
        case .missingEnum, .extraEnum, .enumLabels: "schema.enumDiffers"
        case .nullability: "schema.nullabilityDiffers"
        case .default, .identity, .generated: "schema.defaultDiffers"
        case .extraColumn: "schema.extraColumn"
        case .missingConstraint, .extraConstraint, .constraint, .constraintName, .constraintNotValidated,
            .constraintValidated:
            "schema.constraintDiffers"
        case .missingIndex, .extraIndex, .index, .indexName: "schema.indexDiffers"
        case .indexInvalid: "schema.indexInvalid"
        case .extraTable, .tableKind, .unlogged, .partitioning, .inheritance, .rowSecurity, .missingPolicy,
            .extraPolicy, .policy, .missingTrigger, .extraTrigger, .trigger:
            "schema.tableDiffers"
        case .missingSchema, .extraSchema, .missingExtension, .extraExtension, .extension, .extensionVersion,
            .extraView, .view, .missingSequence, .extraSequence, .sequence, .missingFunction, .extraFunction,
            .function, .comment, .privileges, .definitions:
            "schema.objectDiffers"
        }
    }
}

extension SchemaDifference {
    /// The object and what each side has, in one line.
    var line: String {
        let sides = [("models", models), ("migrations", migrations), ("live", live)]
        let texts = sides.compactMap { side, text in text.map { "\(side): \(Self.shortened($0))" } }
        let weight = [blame?.rawValue, breaking ? "breaking" : nil].compactMap(\.self)
        return "\(kind.rawValue) \(object) (\((texts + weight).joined(separator: "; ")))\(guess)"
    }

    /// The beginning of a definition that runs over pages; the answer has all of it elsewhere.
    private static func shortened(_ text: String) -> String {
        text.utf8.count <= 300 ? text : "\(text.prefix(300)) …"
    }

    /// What it may have been renamed to.
    var guess: String { renamedTo.map { ", perhaps renamed to \($0)" } ?? "" }

    /// The table and the part of it that a difference is about, each quoted for SQL.
    public var column: (table: String, name: String)? {
        var isQuoted = false
        var dot: String.Index?
        for index in object.indices {
            if object[index] == "\"" { isQuoted.toggle() }
            if object[index] == ".", !isQuoted { dot = index }
        }
        return dot.map { (String(object[..<$0]), String(object[object.index(after: $0)...])) }
    }
}

extension Situation {
    /// The differences that a rule is about; none in a fresh database, where `version.behind` says all there is to say.
    func differences(_ code: String) -> [SchemaDifference] {
        isFresh ? [] : comparison?.differences.filter { $0.kind.code == code } ?? []
    }

    /// What differs, as a finding for each weight: what breaks statements of the application, what merely differs, and
    /// what is worth knowing.
    ///
    /// - Parameters:
    ///   - what: completes "1 …"; `plural` completes "2 …".
    ///   - remedy: a comment that says what to do about things that the migrations made.
    ///   - statement: what puts one of them back; nil where there is no one statement.
    func drift(
        _ code: String, _ differences: [SchemaDifference], _ what: String, _ plural: String, remedy: String,
        statement: (SchemaDifference) -> String? = { _ in nil }
    ) -> [Observation] {
        // Models against a database that is behind: what differs may be what the pending revisions change.
        let mayBePending = missingSchema == .maybePending
        let pending = differences.filter { $0.blame == nil && mayBePending }
        let settled = differences.filter { $0.blame != nil || !mayBePending }
        func title(_ group: [SchemaDifference]) -> String {
            "\(group.count) \(group.count == 1 ? what : plural): \(TerminalText.list(group.map(\.object)))"
        }
        var observations: [Observation] = []
        if !pending.isEmpty {
            observations.append(
                MissingSchema.maybePending.observation(
                    code, title(pending), evidence: pending.map(\.line), pending, self))
        }
        let groups = Dictionary(grouping: settled) { difference in
            difference.breaking ? Severity.error : difference.kind.isInformational ? .info : .warning
        }
        for (severity, group) in groups.sorted(by: { $0.key < $1.key }) {
            observations.append(
                Observation(
                    code, severity, severity == .info ? .inSync : .drifted, title(group) + ".",
                    evidence: group.map(\.line),
                    remedy: lines(for: group, remedy, group.filter { $0.blame != .handMade }.compactMap(statement))))
        }
        return observations
    }

    /// What to do about differences: by who is to blame, then how to accept them.
    private func lines(
        for group: [SchemaDifference], _ remedy: String, _ statements: [String]
    ) -> [String] {
        var lines = statements.isEmpty ? [] : [remedy] + statements.prefix(20)
        if group.contains(where: { $0.blame == .handMade }) {
            lines.append("# No migration made what is marked handMade: write a revision that does, or remove it.")
        } else if group.contains(where: { $0.blame == nil }) {
            lines.append("# Models and database disagree: correct the models, or write a revision, and run it:")
            lines += ["alembic revision --autogenerate -m 'what the models map'", adminctl("migrate")]
        } else if statements.isEmpty {
            lines.append(remedy)
        }
        return lines + [
            "# Or accept what is there from now on:", adminctl("diagnose --write-baseline schema.baseline.json"),
        ]
    }
}
