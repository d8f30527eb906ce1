package import Diagnosis
package import Revisions
package import Schema
import Text

/// What a migration would run on a database, decided before anything runs. A pure value.
package struct MigrationPlan: Sendable {
    /// The rows now, sorted.
    package var from: [String]
    /// The rows afterwards, sorted.
    package var to: [String]
    /// The revisions to run, oldest first.
    package var steps: [String]
    /// The same rows, steps and scripts give the same id.
    package var id: String

    /// Plans an upgrade.
    ///
    /// - Parameters:
    ///   - targets: as Alembic takes them.
    ///   - applicationTables: the tables of the database other than the version table.
    ///   - contentHash: of the project's scripts, so that an edited script makes another plan.
    /// - Throws: `projectInvalid` for an unusable graph, `precondition` and `permissionDenied` for a version table
    ///   that no upgrade may start from, `badParams` for a target that Alembic would refuse.
    package init(
        to targets: [String], graph: RevisionGraph, versionTable: VersionTableFacts, applicationTables: [TableName],
        contentHash: String
    ) throws(PlansError) {
        try Self.requireUsable(graph)
        let rows = try Self.startingRows(versionTable, applicationTables, graph)
        do {
            let resolved = try graph.resolve(targets, from: rows)
            steps = graph.pending(from: rows, to: resolved)
        } catch {
            throw PlansError(.badParams, error.message)
        }
        from = rows.sorted()
        to = RowClassification(rows: rows + steps, graph: graph).known.sorted()
        try Self.requireWidth(steps, versionTable)
        id = PlanIdentity.digest(of: (["from"] + from + ["steps"] + steps + [contentHash]).joined(separator: "\n"))
    }

    /// - Throws: `precondition` unless the rows are exactly those that the caller expects; nil accepts any.
    package func requireRows(_ expected: [String]?) throws(PlansError) {
        guard let expected, Set(expected) != Set(from) else { return }
        throw PlansError(
            .precondition,
            "the rows are \(SafeText.list(from)), expected \(SafeText.list(expected.sorted())); nothing was run")
    }

    /// - Throws: `projectInvalid` with the first problem of a graph that no plan can be made from.
    package static func requireUsable(_ graph: RevisionGraph) throws(PlansError) {
        guard !graph.isUsable else { return }
        guard let problem = graph.problems.first else {
            throw PlansError(.projectInvalid, "the revision graph cannot be used")
        }
        throw PlansError(.projectInvalid, problem.message, problem: problem)
    }

    /// The rows that an upgrade may start from: legitimate ones, or none on a fresh database.
    private static func startingRows(
        _ table: VersionTableFacts, _ applicationTables: [TableName], _ graph: RevisionGraph
    ) throws(PlansError) -> [String] {
        try table.requireReadable()
        guard let rows = table.rows, !rows.isEmpty else {
            // Without rows every revision would run: right on a fresh database only.
            guard applicationTables.isEmpty else {
                throw hasTablesWithoutRows(applicationTables, isTableMissing: table.isMissing)
            }
            return []
        }
        let classification = RowClassification(rows: rows, graph: graph)
        guard classification.isLegitimate else {
            let faults = Set(classification.rows.compactMap(\.fault))
            let isRefused = !faults.isDisjoint(with: [.unknown, .symbolic, .partial])
            throw PlansError(
                .precondition,
                "the version table has invalid rows (\(faults.map(\.rawValue).sorted().joined(separator: ", "))); nothing "
                    + "was run: 'diagnose' says what is wrong"
                    + (isRefused ? " and what to do" : ", 'fixVersion' repairs it"))
        }
        return classification.known
    }

    private static func hasTablesWithoutRows(_ tables: [TableName], isTableMissing: Bool) -> PlansError {
        let cause = isTableMissing ? "there is no version table" : "the version table is empty"
        let names = tables.prefix(3).map { SafeText.visible($0.name) }.joined(separator: ", ")
        return PlansError(
            .precondition,
            "\(cause), but the database has \(tables.count) table\(tables.count == 1 ? "" : "s") "
                + "(\(names)\(tables.count > 3 ? ", …" : "")): every migration would run again; record the revisions that match the tables with 'fixVersion --to'"
        )
    }

    private static func requireWidth(_ steps: [String], _ table: VersionTableFacts) throws(PlansError) {
        guard let (long, width) = table.tooLong(steps).first else { return }
        throw PlansError(
            .precondition,
            "revision \(long) has \(long.unicodeScalars.count) characters and \(table.name).version_num holds "
                + "\(width): the run would fail at its end; shorten the id or widen the column first")
    }
}

extension VersionTableFacts {
    /// - Throws: `permissionDenied` when the role may not read it, `precondition` when it is not a table.
    package func requireReadable() throws(PlansError) {
        guard let fault, let faultMessage else { return }
        switch fault {
        case .denied: throw PlansError(.permissionDenied, faultMessage)
        case .notATable: throw PlansError(.precondition, faultMessage + "; 'diagnose' says what to do")
        }
    }
}
