import Text

/// One change to the version table. It affects exactly one row, also where several rows are equal.
public struct RowChange: Codable, Hashable, Sendable {
    /// The row's value before the change; nil is a NULL row. For `insert`, the inserted value.
    public var row: String?
    /// `delete`, `update` or `insert`.
    public var action: String
    /// Why, in one sentence for the person who decides.
    public var reason: String
    /// The row's value after the change; nil for `delete`.
    public var to: String?

    public init(row: String?, action: String, reason: String, to: String? = nil) {
        self.row = row
        self.action = action
        self.reason = reason
        self.to = to
    }

    static func delete(_ row: String?, because reason: String) -> RowChange {
        RowChange(row: row, action: "delete", reason: reason)
    }

    static func update(_ row: String?, to value: String, because reason: String) -> RowChange {
        RowChange(row: row, action: "update", reason: reason, to: value)
    }

    static func insert(_ value: String, because reason: String) -> RowChange {
        RowChange(row: value, action: "insert", reason: reason, to: value)
    }

    private enum CodingKeys: String, CodingKey {
        case row, action, reason, to
    }

    /// Encodes a NULL row as a null `row`, and `to` only where there is a value afterwards.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(row, forKey: .row)
        try values.encode(action, forKey: .action)
        try values.encode(reason, forKey: .reason)
        try values.encodeIfPresent(to, forKey: .to)
    }
}

/// Plans the changes that make a version table legitimate again, by the scripts alone; it changes nothing.
public struct RowRepair: Hashable, Sendable {
    /// What can be done.
    public enum Outcome: Hashable, Sendable {
        /// The rows are legitimate, or are already the chosen ones.
        case nothingToDo
        /// The changes, and the sorted rows after them.
        case planned(changes: [RowChange], after: [String])
        /// The rules allow no repair; the reason says what to do.
        case refused(reason: String)
        /// The scripts allow several results: a person must choose with `to`.
        case ambiguous(reason: String)
    }

    public var outcome: Outcome

    /// Plans the repair.
    ///
    /// Without a choice, redundant, duplicate, padded, NULL and empty rows are repaired if at least one row remains;
    /// unknown, symbolic and partial rows are refused, and so is a missing or empty table. With a choice, the result is
    /// always exactly the chosen rows.
    ///
    /// - Parameters:
    ///   - rows: the rows of the table; nil if there is no table.
    ///   - graph: refused if it is not usable.
    ///   - chosen: the operator's explicit choice: exact ids, none an ancestor of another, or `base` alone for no rows.
    ///   - shown: the rows that the schema shows, where it has more than legitimate rows say; ignored with a choice.
    public init(
        rows: [String?]?, graph: RevisionGraph, to chosen: [String]? = nil, shownBySchema shown: [String]? = nil
    ) {
        if !graph.isUsable, let problem = graph.problems.first(where: \.isBlocking) {
            let place = problem.file.map { " (\($0))" } ?? ""
            outcome = .refused(reason: "Correct the revision scripts first: \(problem.message)\(place)")
        } else if let chosen {
            outcome = Self.plan(rows: rows, graph: graph, chosen: chosen.uniqueSortedByBytes())
        } else if graph.isUsable, graph.revisions.isEmpty {
            outcome = .refused(
                reason: "The project has no revisions: deploy their files, or correct Alembic's configuration.")
        } else {
            outcome = Self.plan(rows: rows, graph: graph)
            if outcome == .nothingToDo, let shown {
                outcome = Self.plan(
                    rows: rows, graph: graph, chosen: shown.uniqueSortedByBytes(), reasons: .shownBySchema)
            }
        }
    }
}

extension RowRepair {
    private static let choose = "choose the revisions that the database really has with --to REVISION."

    private static func plan(rows: [String?]?, graph: RevisionGraph) -> Outcome {
        guard let rows else { return .refused(reason: "The version table is missing; \(choose)") }
        if rows.isEmpty { return .refused(reason: "The version table is empty; \(choose)") }
        let classification = RowClassification(rows: rows, graph: graph)
        if classification.isLegitimate { return .nothingToDo }

        let refusals = classification.rows.compactMap(refusal)
        if !refusals.isEmpty {
            var unique: [String] = []
            for refusal in refusals where !unique.contains(refusal) && unique.count < 5 {
                unique.append(refusal)
            }
            return .refused(reason: unique.joined(separator: " "))
        }
        if classification.known.isEmpty {
            return .ambiguous(
                reason: "No row names a revision, and without rows every migration would run again; \(choose)")
        }

        var present = Set(classification.rows.filter { $0.fault == nil }.compactMap(\.value).map(ExactString.init))
        let kept = Set(classification.known.map(ExactString.init))
        var changes: [RowChange] = []
        for row in classification.rows {
            guard let fault = row.fault else { continue }
            if fault == .padded, let id = row.because, kept.contains(ExactString(id)) {
                if present.insert(ExactString(id)).inserted {
                    changes.append(.update(row.value, to: id, because: "White space around the revision id '\(id)'."))
                } else {
                    changes.append(
                        .delete(row.value, because: "Revision '\(id)' already has a row without white space."))
                }
            } else {
                changes.append(.delete(row.value, because: reasonToDelete(row, fault)))
            }
        }
        return .planned(changes: changes, after: classification.known)
    }

    /// Why a row of a choice is written, and why one that is not among them is deleted.
    private struct Reasons {
        var insertion: String
        var deletion: String
        /// What is said of a row that only the choice excludes.
        var exclusion: String

        static let chosen = Reasons(
            insertion: "Chosen explicitly.", deletion: "Not among the chosen revisions. ",
            exclusion: "Other revisions were chosen.")
        static let shownBySchema = Reasons(
            insertion: "The schema has the tables and columns that this revision and those before it make.",
            deletion: "",
            exclusion: "The schema is that of a later revision.")
    }

    private static func plan(
        rows: [String?]?, graph: RevisionGraph, chosen: [String], reasons: Reasons = .chosen
    ) -> Outcome {
        if isBase(chosen, graph) { return plan(removing: rows ?? []) }
        if chosen.isEmpty { return .refused(reason: "With an empty choice every migration would run again; \(choose)") }
        if chosen.contains("base"), graph["base"] == nil {
            return .refused(reason: "'base' stands for no rows at all: choose it alone, or name revisions.")
        }
        let unknown = chosen.filter { graph[$0] == nil }.map { "'\($0)'" }
        if !unknown.isEmpty {
            return .refused(
                reason:
                    "No script defines \(unknown.joined(separator: ", ")); choose full ids of this project's revisions."
            )
        }
        if let (upper, lower) = graph.overlap(of: chosen.compactMap(graph.node)) {
            return .refused(
                reason:
                    "'\(graph.revisions[lower].id)' is an ancestor of '\(graph.revisions[upper].id)': choose only "
                    + "'\(graph.revisions[upper].id)'."
            )
        }

        var missing = Set(chosen.map(ExactString.init))
        var rest: [RowClassification.Row] = []
        for row in RowClassification(rows: rows ?? [], graph: graph).rows {
            if let value = row.value, missing.remove(ExactString(value)) != nil { continue }
            rest.append(row)
        }
        var changes: [RowChange] = []
        for row in rest {
            if row.fault == .padded, let id = row.because, missing.remove(ExactString(id)) != nil {
                changes.append(.update(row.value, to: id, because: "White space around the chosen revision '\(id)'."))
            } else if let value = row.value, chosen.contains(where: { $0.hasSameBytes(as: value) }) {
                changes.append(.delete(value, because: "The same value as another row."))
            } else {
                let reason = row.fault.map { reasonToDelete(row, $0) } ?? reasons.exclusion
                changes.append(.delete(row.value, because: reasons.deletion + reason))
            }
        }
        for id in chosen where missing.contains(ExactString(id)) {
            changes.append(.insert(id, because: reasons.insertion))
        }
        return changes.isEmpty ? .nothingToDo : .planned(changes: changes, after: chosen)
    }

    /// Whether the choice is a database in which no revision has run, as in `alembic downgrade base`.
    private static func isBase(_ chosen: [String], _ graph: RevisionGraph) -> Bool {
        chosen == ["base"] && graph["base"] == nil
    }

    private static func plan(removing rows: [String?]) -> Outcome {
        if rows.isEmpty { return .nothingToDo }
        return .planned(
            changes: rows.map { .delete($0, because: "Chosen explicitly: no revision counts as applied.") }, after: [])
    }

    private static func refusal(_ row: RowClassification.Row) -> String? {
        let value = row.value ?? ""
        switch row.fault {
        case .unknown:
            return
                "Row '\(value)' is not a revision of this project: newer code may have migrated the database, or the "
                + "revision was removed. Deploy the code that has it, or \(choose)"
        case .symbolic:
            return "Row '\(value)' is a name, not a revision id, and does not show what has run; \(choose)"
        case .partial:
            return "Row '\(value)' is only the beginning of '\(row.because ?? "")'; if the database has that revision, "
                + "choose it with --to \(row.because ?? "REVISION")."
        default:
            return nil
        }
    }

    private static func reasonToDelete(_ row: RowClassification.Row, _ fault: RowClassification.Fault) -> String {
        switch fault {
        case .redundant: "Already implied by '\(row.because ?? "")', which depends on it."
        case .duplicate: "The same value as another row."
        case .padded: "White space around '\(row.because ?? "")'; another row already implies that revision."
        case .null: "NULL names no revision."
        case .empty: "An empty value names no revision."
        case .symbolic: "A name is not a revision id."
        case .partial: "Only the beginning of '\(row.because ?? "")'."
        case .unknown: "No script defines it."
        }
    }
}
