public import Schema
import Text

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
    /// The object and what each side has; definitions may have several lines.
    package var line: String {
        let sides = [("models", models), ("migrations", migrations), ("live", live)]
        let texts = sides.compactMap { side, text in text.map { "\(side): \($0)" } }
        let weight = [blame?.rawValue, breaking ? "breaking" : nil].compactMap(\.self)
        return "\(kind.rawValue) \(object) (\((texts + weight).joined(separator: "; ")))\(guess)\(origin)"
    }

    /// The revision that creates it.
    var origin: String { revision.map { ", created by \($0)" } ?? "" }

    /// What it may have been renamed to.
    var guess: String { renamedTo.map { ", perhaps renamed to \($0)" } ?? "" }

    /// The table, and the column, constraint or index of it, each quoted for SQL; nil for an object without a table.
    public var column: (table: String, name: String)? { Self.part(object) }

    /// The same of any object's name.
    static func part(_ object: String) -> (table: String, name: String)? {
        var isQuoted = false
        var dot: String.Index?
        for index in object.indices {
            if object[index] == "\"" { isQuoted.toggle() }
            if object[index] == ".", !isQuoted { dot = index }
        }
        return dot.map { (String(object[..<$0]), String(object[object.index(after: $0)...])) }
    }
}

extension RuleContext {
    /// The differences that a rule reports; none in a fresh database, where `version.behind` is enough.
    func differences(_ code: String) -> [SchemaDifference] {
        isFresh ? [] : comparison?.differences.filter { $0.kind.code == code } ?? []
    }

    /// What differs, as one result for each severity: error for what breaks statements of the models, information for
    /// what needs no action, and warning for the rest.
    ///
    /// - Parameters:
    ///   - what: completes "1 …"; `plural` completes "2 …".
    ///   - heading: introduces the statements that restore the definitions of the migrations.
    ///   - remedy: what to do where there is no statement.
    func drift(
        _ code: String, _ differences: [SchemaDifference], _ what: String, _ plural: String,
        heading: String = "-- In psql, as in the migrations:", remedy: String
    ) -> [RuleResult] {
        // Without the migrations it is not known which side is wrong.
        let isKnown = comparison?.hasMigrations == true
        let undecided = differences.filter { $0.blame == nil && !isKnown }
        let settled = differences.filter { $0.blame != nil || isKnown }
        func title(_ group: [SchemaDifference]) -> String {
            "\(group.count) \(group.count == 1 ? what : plural): \(SafeText.list(group.map(\.object)))"
        }
        var results: [RuleResult] = []
        if !undecided.isEmpty {
            let isBreaking = undecided.contains(where: \.breaking)
            let reason =
                hasPending
                ? "pending revisions may change this"
                : "the migrations were not compared, so the models or the database may be meant to differ"
            let verdict: Verdict = hasPending ? .behind : isBreaking ? .unverified : .inSync
            results.append(
                RuleResult(
                    code, verdict == .inSync ? .info : .warning, verdict,
                    title(undecided) + "; \(reason).", evidence: undecided.map(\.line),
                    remedy: hasPending
                        ? [adminctl("plan"), adminctl("migrate")]
                        : ["# The next comparison with the migrations decides:", adminctl("diagnose --fresh")]))
        }
        let groups = Dictionary(grouping: settled) { difference in
            difference.breaking ? Severity.error : difference.kind.isInformational ? .info : .warning
        }
        for (severity, group) in groups.sorted(by: { $0.key < $1.key }) {
            results.append(
                RuleResult(
                    code, severity, severity == .info ? .inSync : .drifted, title(group) + ".",
                    evidence: group.map(\.line), restoring: restored(group, heading, remedy)))
        }
        return results
    }

    /// What to do about differences: first how to resolve them, by their cause, then how to accept them.
    private func restored(_ group: [SchemaDifference], _ heading: String, _ remedy: String) -> RestoredDifferences {
        let resolved = group.filter { resolvable.contains($0.target) }
        let isHandMade = group.contains { $0.blame == .handMade && !resolvable.contains($0.target) }
        var rest: [String] = []
        if isHandMade {
            rest.append("# Write a revision for what is marked handMade. Remove it only if nothing uses it.")
        } else if group.contains(where: { $0.blame == nil && !resolvable.contains($0.target) }) {
            rest.append("# Correct the models, or write a revision and run it:")
            rest += autogenerate("what the models map")
        }
        let otherwise = rest.isEmpty ? [remedy] : []
        rest += [
            "# Or accept these differences from now on:", adminctl("diagnose --write-baseline schema.baseline.json"),
        ]
        return RestoredDifferences(differences: resolved, heading: heading, otherwise: otherwise, rest: rest)
    }
}
