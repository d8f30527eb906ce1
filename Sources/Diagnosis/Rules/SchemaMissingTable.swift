import Revisions
import Schema
import Text

extension Rule {
    static let schemaMissingTable = Rule(
        code: "schema.missingTable",
        severities: [.error, .warning],
        page: Page(
            title: "a mapped table does not exist",
            problem: """
                The models map a table, but the database has no table or view of that name. Every statement on it \
                fails (SQLSTATE 42P01).
                Error: no pending revision creates it. The head was stamped, the table was dropped, or the model has \
                no revision.
                Warning: a pending revision creates the table (see version.behind), or the migrations created the \
                table but no model maps it.
                """,
            evidence: "The models, and the migrations if they were replayed, compared with the catalog.",
            remedy: """
                Pending revisions: run adminctl migrate.
                Rows at the heads: if a revision creates the table, restore it as defined there; if none does, write \
                one with alembic revision --autogenerate.
                """)
    ) { context, code in
        let missing = context.differences(code)
        let mapped = missing.filter(\.breaking)
        var results = context.drift(
            code, missing.filter { !$0.breaking }, "relation that the migrations created does not exist",
            "relations that the migrations created do not exist", heading: MissingObjects.heading(missing),
            remedy: "# Restore it as its revision defines it, for example from a schema dump.")
        for (cause, group) in context.causes(of: mapped) {
            let names = group.map(\.object)
            let kind =
                group.allSatisfy { $0.kind == .missingView }
                ? "view" : group.contains { $0.kind == .missingView } ? "relation" : "table"
            let what =
                names.count == 1
                ? "1 \(group.mapped)\(kind) does not exist" : "\(names.count) \(group.mapped)\(kind)s do not exist"
            let evidence = group.map { $0.object + $0.guess + $0.origin }
            results.append(
                cause.result(code, "\(what): \(SafeText.list(names))", evidence: evidence, group, context))
        }
        return results
    }
}

extension [SchemaDifference] {
    /// "mapped " where the models have all of them.
    var mapped: String { allSatisfy { $0.models != nil } ? "mapped " : "" }
}

/// Why the database lacks something that the models map.
enum MissingObjects {
    /// Revisions are pending that may create it.
    case maybePending
    /// No pending revision explains it.
    case unexplained

    /// - Parameter differences: what is missing.
    func result(
        _ code: String, _ what: String, evidence: [String], _ differences: [SchemaDifference], _ context: RuleContext
    ) -> RuleResult {
        switch self {
        case .maybePending:
            RuleResult(
                code, .warning, .behind,
                what
                    + (differences.allSatisfy { $0.revision != nil }
                        ? "; pending revisions create this." : "; pending revisions may create this."),
                evidence: evidence,
                remedy: context.mustSettlePending
                    ? context.settlingPending : [context.adminctl("plan"), context.adminctl("migrate")])
        case .unexplained:
            RuleResult(
                code, .error, .drifted, what + "; \(context.whyUnexplained(differences)).", evidence: evidence,
                restoring: context.restoring(differences))
        }
    }

    /// Introduces the statements that create what is missing.
    static func heading(_ differences: [SchemaDifference]) -> String {
        differences.contains { $0.kind == .missingTable && $0.renamedTo == nil }
            ? "-- In psql, as in the migrations, without the rows, which only a backup has:"
            : "-- In psql, as in the migrations:"
    }
}

extension RuleContext {
    /// The comparison; nil where nothing was compared.
    var comparison: SchemaComparison? {
        guard case .compared(let comparison, _) = facts.schema, comparison.tablesCompared > 0, isReachable else {
            return nil
        }
        return comparison
    }

    /// Whether revisions are pending, so that what is missing may come with them.
    var hasPending: Bool { versionTableState == .legitimate && pending?.isEmpty == false }

    /// Why each of the objects is missing, by remedy: what an applied revision created and was dropped later, what no
    /// revision creates, and what a pending revision brings. Nothing in a fresh database, where `version.behind` is
    /// enough.
    func causes(of missing: [SchemaDifference]) -> [(MissingObjects, [SchemaDifference])] {
        if isFresh { return [] }
        let (dropped, others) = (missing.filter { $0.blame == .drift }, missing.filter { $0.blame != .drift })
        let coming = hasPending ? others.filter { $0.blame == nil } : []
        let unexplained = hasPending ? others.filter { $0.blame != nil } : others
        return [(.unexplained, dropped), (.unexplained, unexplained), (.maybePending, coming)].filter { !$0.1.isEmpty }
    }

    fileprivate func whyUnexplained(_ missing: [SchemaDifference]) -> String {
        if versionTableState == .legitimate, missing.allSatisfy({ $0.blame == .drift }) {
            return hasPending
                ? "revisions that have run created this, and no pending one does"
                : "revisions that have run created this"
        }
        guard facts.graph?.isUsable == true else {
            return "the project's scripts cannot be used, so it is not known whether a pending revision adds this"
        }
        return switch (versionTableState, pending?.isEmpty) {
        case (.legitimate, _) where missing.allSatisfy { $0.blame == .missingMigration }: "no revision creates this"
        case (.legitimate, false): "no revision creates this"
        case (.legitimate, true): "no revision is pending"
        case (.corrupt, false) where !hasRefusedRows && !hasNoVersionRows:
            "a pending revision may add this after the version rows are repaired"
        case (.corrupt, _): "the version rows are too damaged to tell whether a pending revision adds this"
        default: "the version rows do not show whether a pending revision adds this"
        }
    }

    /// Adds missing columns that applied revisions created.
    func alignment(_ count: Int) -> [String] {
        [
            count == 1
                ? "# An applied revision created it. Add it back, empty and nullable:"
                : "# Applied revisions created them. Add them back, empty and nullable:",
            adminctl("align"), adminctl("align --apply"),
        ]
    }

    fileprivate func restoring(_ differences: [SchemaDifference]) -> RestoredDifferences {
        var result = RestoredDifferences(
            differences: [], heading: MissingObjects.heading(differences), otherwise: [])
        guard versionTableState == .legitimate else {
            let cause = facts.graph?.isUsable == true ? "the version table" : "the project's scripts"
            result.otherwise = [
                "# First resolve the findings about \(cause), then:", adminctl("diagnose --fresh"),
            ]
            return result
        }
        let isDrift = differences.allSatisfy { $0.blame == .drift }
        if isDrift {
            result.differences = differences
            if differences.allSatisfy({ $0.kind == .missingColumn }) {
                result.alignment = alignment(differences.count)
                result.otherwise = result.alignment + ["# Then fill it as that revision does."]
            } else {
                result.otherwise = [
                    "# Restore it as the revision that created it defines it, or from a backup:", adminctl("graph"),
                ]
            }
        } else if differences.allSatisfy({ $0.blame == .missingMigration }) {
            result.otherwise =
                [
                    "# Write a revision in the project, and run it:"
                ] + autogenerate("add what the models map")
        } else {
            result.otherwise =
                [
                    "# If no revision creates it, write one in the project and run it:"
                ] + autogenerate("add what the models map") + [
                    "# If a revision creates it, it was skipped by a stamp or dropped later.",
                    "# Restore it as that revision defines it.",
                ]
        }
        return result
    }
}
