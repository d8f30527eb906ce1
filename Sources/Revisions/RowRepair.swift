/// One change to the version table. Each stands for exactly one row, also where several rows are equal.
public struct RowChange: Codable, Hashable, Sendable {
    /// The row's value before; nil is a NULL row. For `insert`, the value that is inserted.
    public var row: String?
    /// `delete`, `update` or `insert`.
    public var action: String
    /// Why, in words for the person who decides.
    public var reason: String
    /// The row's value afterwards; nil for `delete`.
    public var to: String?

    /// Holds the four values.
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

    /// Encodes `row` also when it is null, which is a NULL row; `to` only where there is a value afterwards.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(row, forKey: .row)
        try values.encode(action, forKey: .action)
        try values.encode(reason, forKey: .reason)
        try values.encodeIfPresent(to, forKey: .to)
    }
}

/// What would make a version table legitimate again, judged by the scripts alone; nothing is touched.
public struct RowRepair: Hashable, Sendable {
    /// The answer.
    public enum Outcome: Hashable, Sendable {
        /// The rows are legitimate, or already those that were chosen.
        case nothingToDo
        /// The changes, and the rows after them, sorted.
        case planned(changes: [RowChange], after: [String])
        /// Nothing can be done by rules; the reason says what can be done.
        case refused(reason: String)
        /// The scripts leave several answers: somebody has to choose with `to`.
        case ambiguous(reason: String)
    }

    /// The answer.
    public var outcome: Outcome

    /// Plans the repair.
    ///
    /// Without a choice, redundant, duplicate, padded, NULL and empty rows are repaired when something remains;
    /// unknown, symbolic and partial ones are refused, and so is a table that is missing or empty. With a choice, any
    /// state leads to exactly the chosen rows.
    ///
    /// - Parameters:
    ///   - rows: as the table holds them; nil when there is no table.
    ///   - graph: has to be usable.
    ///   - chosen: the operator's explicit choice: exact ids, none standing on another.
    public init(rows: [String?]?, graph: RevisionGraph, to chosen: [String]? = nil) {
        if !graph.isUsable, let problem = graph.problems.first(where: \.isBlocking) {
            let place = problem.file.map { " (\($0))" } ?? ""
            outcome = .refused(reason: "The revision scripts have to be put in order first: \(problem.message)\(place)")
        } else if let chosen {
            outcome = Self.plan(rows: rows, graph: graph, chosen: chosen.sortedNames())
        } else {
            outcome = Self.plan(rows: rows, graph: graph)
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
                reason: "No row names a revision, and without rows everything would run again; \(choose)")
        }

        var present = Set(classification.rows.filter { $0.fault == nil }.compactMap(\.value).map(ExactName.init))
        let kept = Set(classification.known.map(ExactName.init))
        var changes: [RowChange] = []
        for row in classification.rows {
            guard let fault = row.fault else { continue }
            if fault == .padded, let id = row.because, kept.contains(ExactName(id)) {
                if present.insert(ExactName(id)).inserted {
                    changes.append(.update(row.value, to: id, because: "White space around the revision id '\(id)'."))
                } else {
                    changes.append(
                        .delete(row.value, because: "Revision '\(id)' has a row without white space already."))
                }
            } else {
                changes.append(.delete(row.value, because: reasonToDelete(row)))
            }
        }
        return .planned(changes: changes, after: classification.known)
    }

    private static func plan(rows: [String?]?, graph: RevisionGraph, chosen: [String]) -> Outcome {
        if chosen.isEmpty { return .refused(reason: "An empty choice would make everything run again; \(choose)") }
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
                    "'\(graph.revisions[lower].id)' is below '\(graph.revisions[upper].id)': choose the upper one only."
            )
        }

        var missing = Set(chosen.map(ExactName.init))
        var rest: [RowClassification.Row] = []
        for row in RowClassification(rows: rows ?? [], graph: graph).rows {
            if let value = row.value, missing.remove(ExactName(value)) != nil { continue }
            rest.append(row)
        }
        var changes: [RowChange] = []
        for row in rest {
            if row.fault == .padded, let id = row.because, missing.remove(ExactName(id)) != nil {
                changes.append(.update(row.value, to: id, because: "White space around the chosen revision '\(id)'."))
            } else if let value = row.value, chosen.contains(where: { $0.hasSameBytes(as: value) }) {
                changes.append(.delete(value, because: "The same value as another row."))
            } else {
                changes.append(.delete(row.value, because: "Not among the chosen revisions. " + reasonToDelete(row)))
            }
        }
        for id in chosen where missing.contains(ExactName(id)) {
            changes.append(.insert(id, because: "Chosen explicitly."))
        }
        return changes.isEmpty ? .nothingToDo : .planned(changes: changes, after: chosen)
    }

    private static func refusal(_ row: RowClassification.Row) -> String? {
        let value = row.value ?? ""
        switch row.fault {
        case .unknown:
            return
                "Row '\(value)' is not a revision of this project: the database may be ahead of this code. Deploy the "
                + "code that has it, or \(choose)"
        case .symbolic:
            return "Row '\(value)' is a name, not a revision, and says nothing about what has run; \(choose)"
        case .partial:
            return "Row '\(value)' is only the beginning of '\(row.because ?? "")'; if that is what the database has, "
                + "say so with --to \(row.because ?? "REVISION")."
        default:
            return nil
        }
    }

    private static func reasonToDelete(_ row: RowClassification.Row) -> String {
        switch row.fault {
        case .redundant: "Already included in '\(row.because ?? "")', which stands on it."
        case .duplicate: "The same value as another row."
        case .padded: "White space around '\(row.because ?? "")'; another row includes that revision already."
        case .null: "NULL names no revision."
        case .empty: "An empty value names no revision."
        case .symbolic: "A name is not a revision."
        case .partial: "Only the beginning of '\(row.because ?? "")'."
        case .unknown: "No script defines it."
        case nil: "Another choice was made."
        }
    }
}
