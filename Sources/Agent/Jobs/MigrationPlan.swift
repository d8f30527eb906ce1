import Diagnosis
import Revisions
import Schema
import Tokens
import Wire

/// What a migration would run on a database, decided before anything is run. A pure value.
struct MigrationPlan: Sendable {
    /// The rows now, sorted.
    var from: [String]
    /// The rows afterwards, sorted.
    var to: [String]
    /// The revisions to run, oldest first.
    var steps: [String]
    /// Names this plan: the same rows, steps and scripts give the same id.
    var id: String

    /// Plans an upgrade.
    ///
    /// - Parameters:
    ///   - targets: as Alembic takes them.
    ///   - contentHash: of the project's scripts, so that an edited script makes another plan.
    /// - Throws: `projectInvalid` for an unusable graph, `precondition` for a version table that no upgrade may start
    ///   from, `badParams` for a target that Alembic would refuse.
    init(
        to targets: [String], graph: RevisionGraph, database: DatabaseReading, contentHash: String
    ) throws(WireError) {
        try Self.requireUsable(graph)
        let rows = try Self.startingRows(database, graph)
        do {
            let resolved = try graph.resolve(targets, from: rows)
            steps = graph.pending(from: rows, to: resolved)
        } catch {
            throw WireError(.badParams, error.message)
        }
        from = rows.sorted()
        to = RowClassification(rows: rows + steps, graph: graph).known.sorted()
        try Self.requireWidth(steps, database)
        let text = (["from"] + from + ["steps"] + steps + [contentHash]).joined(separator: "\n")
        id = SHA256.hash(Array(text.utf8)).prefix(8).hexadecimal
    }

    private static func requireUsable(_ graph: RevisionGraph) throws(WireError) {
        guard !graph.isUsable else { return }
        guard let problem = graph.problems.first else {
            throw WireError(.projectInvalid, "the revision graph cannot be used")
        }
        throw WireError(
            .projectInvalid, problem.message,
            details: .object(
                JSON.Object([
                    .init("code", .string(problem.code)), .init("file", problem.file.map(JSON.string) ?? .null),
                    .init("line", problem.line.map { .integer(Int64($0)) } ?? .null),
                ])))
    }

    /// The rows that an upgrade may start from: legitimate ones, or none on a fresh database.
    private static func startingRows(
        _ database: DatabaseReading, _ graph: RevisionGraph
    ) throws(WireError) -> [String] {
        let name = database.versionTable.name
        switch database.versionTable.presence {
        case .denied(let message):
            throw WireError(.permissionDenied, "the version table \(name) cannot be read: \(message)")
        case .other(let kind):
            throw WireError(.precondition, "\(name) is a \(kind), not a table; 'diagnose' says what to do")
        case .missing:
            try requireFresh(database, "there is no version table")
            return []
        case .table(rows: []):
            try requireFresh(database, "the version table is empty")
            return []
        case .table(let rows):
            let classification = RowClassification(rows: rows, graph: graph)
            guard classification.isLegitimate else {
                let faults = classification.rows.compactMap(\.fault?.rawValue)
                throw WireError(
                    .precondition,
                    "the version table is not in order (\(Set(faults).sorted().joined(separator: ", "))); nothing was run: "
                        + "'diagnose' tells what is wrong, 'fixVersion' repairs it")
            }
            return classification.known
        }
    }

    /// Without version rows everything would run from the base on: right on a fresh database only.
    private static func requireFresh(_ database: DatabaseReading, _ what: String) throws(WireError) {
        let tables = database.applicationTables
        guard !tables.isEmpty else { return }
        throw WireError(
            .precondition,
            "\(what), but there are \(tables.count) tables (\(tables.prefix(3).map(\.name).joined(separator: ", "))…): "
                + "every migration would run again; say which revisions the tables stand for with 'fixVersion --to'")
    }

    private static func requireWidth(_ steps: [String], _ database: DatabaseReading) throws(WireError) {
        let width: Int?
        if case .missing = database.versionTable.presence {
            width = 32
        } else {
            width = database.versionTable.columnWidth
        }
        guard let width, let long = steps.first(where: { $0.unicodeScalars.count > width }) else { return }
        throw WireError(
            .precondition,
            "revision \(long) has \(long.unicodeScalars.count) characters and \(database.versionTable.name).version_num "
                + "holds \(width): the run would fail at its end; shorten the id or widen the column first")
    }
}
