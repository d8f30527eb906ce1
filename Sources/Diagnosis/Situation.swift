import Revisions
import Schema

/// The facts, and what follows from them for every rule alike.
struct Situation: Sendable {
    let facts: Facts
    /// The rows held against the graph; nil while one of the two is not known.
    let rows: RowClassification?
    /// nil when the table was not looked at, or its rows cannot be judged for want of a graph.
    let versionTableState: VersionTableState?
    /// What an upgrade to the effective heads would run, oldest first; nil while that cannot be said.
    let pending: [String]?

    init(_ facts: Facts) {
        self.facts = facts
        let graph = facts.graph.flatMap { $0.isUsable ? $0 : nil }
        var classification: RowClassification?
        if case .table(let values)? = facts.versionTable?.presence, let graph {
            classification = RowClassification(rows: values, graph: graph)
        }
        rows = classification
        let state = facts.versionTable.flatMap { Self.state(of: $0.presence, rows: classification) }
        versionTableState = state
        pending = graph.flatMap { graph in
            switch state {
            // Under a name that nobody has confirmed; only a database without any table has no version table for sure.
            case .missing where !facts.hasEnvironmentAnswered && facts.applicationTables?.isEmpty != true: nil
            case .missing, .empty: graph.pending(from: [], to: graph.effectiveHeads)
            case .legitimate, .corrupt: graph.pending(from: classification?.known ?? [], to: graph.effectiveHeads)
            case .unknownRows, .notATable, .denied, nil: nil
            }
        }
    }

    private static func state(
        of presence: VersionTableFacts.Presence, rows: RowClassification?
    ) -> VersionTableState? {
        switch presence {
        case .missing: return .missing
        case .other: return .notATable
        case .denied: return .denied
        case .table(let values) where values.isEmpty: return .empty
        case .table:
            guard let rows else { return nil }
            if rows.isLegitimate { return .legitimate }
            let faults = rows.rows.compactMap(\.fault)
            return !faults.isEmpty && faults.allSatisfy { $0 == .unknown } ? .unknownRows : .corrupt
        }
    }

    var isReachable: Bool { facts.reachability == .reachable }

    /// No version rows to go by: the table is missing or empty, or holds nothing but NULL and blank rows.
    var hasNoVersionRows: Bool {
        switch versionTableState {
        case .missing, .empty: true
        case .corrupt: rows?.rows.allSatisfy { $0.fault == .null || $0.fault == .empty } ?? false
        default: false
        }
    }

    /// No version rows and no application tables: nothing has ever been here. A catalog that could not be read is no
    /// evidence of that.
    var isFresh: Bool { hasNoVersionRows && facts.applicationTables?.isEmpty == true }

    /// Whether `fixVersion` refuses the rows as they are: some of them have a fault that is no mere repetition.
    var hasRefusedRows: Bool {
        rows?.rows.contains { [.unknown, .symbolic, .partial].contains($0.fault) } ?? false
    }

    /// Everything that is wrong with the project, wherever it was found.
    var problems: [ProjectProblem] {
        (facts.projectProblem.map { [$0] } ?? []) + facts.runnerProblems
            + (facts.graph?.problems ?? []).map {
                ProjectProblem(
                    code: $0.code, message: $0.message, file: $0.file, line: $0.line, isBlocking: $0.isBlocking)
            }
    }

    /// A command line for this database, to be pasted.
    func adminctl(_ arguments: String) -> String {
        "adminctl --database \(ShellWord.quoted(facts.database)) \(arguments)"
    }

    /// The version table as SQL takes it, with its schema.
    var versionTableSQL: String {
        facts.versionTable.map { TableName(schema: $0.schema, name: $0.name).sql() } ?? "alembic_version"
    }
}

extension Facts {
    /// Whether env.py could be asked: for the models, and for the version table, which otherwise has the usual name.
    var hasEnvironmentAnswered: Bool { projectProblem == nil && runnerProblems.isEmpty }
}
