import Revisions
import Schema
import Text

/// The facts, and conclusions from them that several rules use.
struct RuleContext: Sendable {
    let facts: Facts
    /// The version rows compared with the graph; nil if either is unknown.
    let rows: RowClassification?
    /// Nil when the table was not read, or its rows cannot be judged because there is no graph.
    let versionTableState: VersionTableState?
    /// What an upgrade to the effective heads would run, oldest first; nil when unknown.
    let pending: [String]?
    /// The differences for which there are statements or notes.
    let resolvable: Set<RestorationScript.Target>

    init(_ facts: Facts) {
        self.facts = facts
        if case .compared(let comparison, _) = facts.schema {
            resolvable = Set(comparison.restoration.steps.flatMap(\.resolves))
        } else {
            resolvable = []
        }
        let graph = facts.graph.flatMap { $0.isUsable ? $0 : nil }
        var classification: RowClassification?
        if let values = facts.versionTable?.rows, let graph {
            classification = RowClassification(rows: values, graph: graph)
        }
        rows = classification
        let state = facts.versionTable.flatMap { Self.state(of: $0.presence, rows: classification) }
        versionTableState = state
        pending = graph.flatMap { graph in
            switch state {
            // Until env.py is read, the table may have another name, unless the database has no tables at all.
            case .missing where !facts.isEnvironmentRead && facts.applicationTables?.isEmpty != true: nil
            // What has run on the tables of this project is not recorded.
            case .missing, .empty: facts.mayBeFresh != true ? nil : graph.pending(from: [], to: graph.effectiveHeads)
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

    /// Whether no row names a revision: the table is missing or empty, or has only NULL and blank rows.
    var hasNoVersionRows: Bool {
        switch versionTableState {
        case .missing, .empty: true
        case .corrupt: rows?.rows.allSatisfy { $0.fault == .null || $0.fault == .empty } ?? false
        default: false
        }
    }

    /// Whether there are neither version rows nor tables of this project. False when that is not known.
    var isFresh: Bool { hasNoVersionRows && facts.mayBeFresh == true }

    /// The pending revisions of which the database has something already, oldest first.
    var partlyApplied: [PendingRevision] {
        guard case .compared(let comparison, _) = facts.schema, isReachable, graphIsUsable else { return [] }
        return comparison.pending
    }

    /// The rows of a database that has exactly the schema after some pending revisions, and those revisions; nil where
    /// the rows fit the schema, or where no revision fits it.
    var rowsOfSchema: (rows: [String], applied: [String])? {
        let applied = partlyApplied.filter(\.isApplied).map(\.revision)
        guard let graph = facts.graph, !applied.isEmpty else { return nil }
        return (RowClassification(rows: (rows?.known ?? []) + applied, graph: graph).known, applied)
    }

    private var graphIsUsable: Bool { facts.graph?.isUsable == true }

    /// Whether `fixVersion` refuses the rows without `--to`, because the right revision of some is not certain.
    var hasRefusedRows: Bool {
        rows?.rows.contains { [.unknown, .symbolic, .partial].contains($0.fault) } ?? false
    }

    /// The problems of the project from all sources: its files, the runner, and the graph.
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

    /// The version table's name with its schema, quoted for SQL.
    var versionTableSQL: String {
        facts.versionTable?.sql ?? "alembic_version"
    }
}

extension Facts {
    /// Whether the database has no table of this project; nil until its migrations have been replayed. A catalog that could
    /// not be read is not taken for an empty one.
    package var mayBeFresh: Bool? {
        guard let applicationTables, formerVersionTables.isEmpty else { return false }
        if applicationTables.isEmpty { return true }
        guard let projectTables else { return isReplaying ? nil : false }
        if !projectTables.isEmpty { return false }
        return isReplaying ? nil : true
    }

    /// Whether env.py was read. If not, the models are unknown and the version table is assumed to have its default
    /// name.
    var isEnvironmentRead: Bool { projectProblem == nil && !runnerProblems.contains(where: \.isBlocking) }
}
