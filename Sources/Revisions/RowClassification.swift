/// What the rows of a version table are worth, by the scripts alone.
///
/// Rows are legitimate when each is an id of a script and none stands on another, over both kinds of edges. No rows are
/// legitimate too; that an empty table needs attention is for others to say.
public struct RowClassification: Codable, Hashable, Sendable {
    /// What is wrong with a row.
    public enum Fault: String, Codable, Sendable {
        /// Another row stands on this one, so it says nothing.
        case redundant
        /// The same value as an earlier row.
        case duplicate
        /// An id with white space around it.
        case padded
        /// SQL's NULL.
        case null
        /// Nothing, or nothing but white space.
        case empty
        /// A name that Alembic resolves and that is no id: `head`, `heads`, `base`, a branch label.
        case symbolic
        /// The unique beginning of an id; an upgrade from it makes a second row.
        case partial
        /// No script defines it: often the database is ahead of this code.
        case unknown
    }

    /// One row, as the table holds it.
    public struct Row: Codable, Hashable, Sendable {
        /// The stored value; nil is SQL's NULL.
        public var value: String?
        /// Nil for a legitimate row.
        public var fault: Fault?
        /// The id that makes it so: the row above a redundant one, the id meant by a duplicate, padded or partial one,
        /// the revision that carries a label.
        public var because: String?

        /// Holds the three values.
        public init(value: String?, fault: Fault? = nil, because: String? = nil) {
            self.value = value
            self.fault = fault
            self.because = because
        }

        private enum CodingKeys: String, CodingKey {
            case value, fault, because
        }

        /// Encodes all keys; a null `value` is a NULL row.
        public func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(value, forKey: .value)
            try values.encode(fault, forKey: .fault)
            try values.encode(because, forKey: .because)
        }
    }

    /// The rows, in the order given.
    public var rows: [Row]
    /// Whether no row has a fault.
    public var isLegitimate: Bool
    /// The revisions that the rows stand for once they are trimmed and without repetitions and redundant ones: the
    /// smallest set with the same closure, sorted.
    public var known: [String]
    /// The values that no script defines, sorted; neither symbolic nor partial ones.
    public var unknown: [String]

    /// Judges each row. A row has one fault, the first that applies of: null, empty, symbolic, padded, partial,
    /// unknown, duplicate, redundant.
    public init(rows values: [String?], graph: RevisionGraph) {
        var judged: [Row] = []
        var nodes: [Int?] = []
        var seen: Set<ExactName> = []
        for value in values {
            let (row, node) = graph.judge(value)
            judged.append(row)
            nodes.append(node)
            guard let value, let node, row.fault == nil, !seen.insert(ExactName(value)).inserted else { continue }
            judged[judged.count - 1] = Row(value: value, fault: .duplicate, because: graph.revisions[node].id)
        }

        let meant = Set(nodes.compactMap { $0 }).sorted()
        let below = graph.allDownEdges.reach(from: meant.flatMap { graph.allDownEdges[$0] })
        let minimal = meant.filter { !below[$0] }
        let witnesses = graph.witnesses(for: Set(meant.filter { below[$0] }), above: minimal)
        for position in judged.indices where judged[position].fault == nil {
            if let node = nodes[position], below[node] {
                judged[position].fault = .redundant
                judged[position].because = witnesses[node].map { graph.revisions[$0].id }
            }
        }
        rows = judged
        isLegitimate = judged.allSatisfy { $0.fault == nil }
        known = minimal.map { graph.revisions[$0].id }
        unknown = judged.filter { $0.fault == .unknown }.compactMap(\.value).sortedNames()
    }
}

extension RevisionGraph {
    /// One row by itself; the node is the revision that it stands for beyond doubt.
    fileprivate func judge(_ value: String?) -> (row: RowClassification.Row, node: Int?) {
        guard let value else { return (.init(value: nil, fault: .null), nil) }
        // An id is an id, also one of white space.
        if let node = node(value) { return (.init(value: value), node) }
        let trimmed = value.trimmedOfWhitespace
        if trimmed.isEmpty { return (.init(value: value, fault: .empty), nil) }
        if ["head", "heads", "base"].contains(trimmed) { return (.init(value: value, fault: .symbolic), nil) }
        if let node = node(trimmed) { return (.init(value: value, fault: .padded, because: trimmed), node) }
        if let carrier = labelled[ExactName(value)] {
            return (.init(value: value, fault: .symbolic, because: revisions[carrier].id), nil)
        }
        let candidates = names(startingWith: value, limit: 2)
        if candidates.count == 1 {
            return (.init(value: value, fault: .partial, because: revisions[candidates[0].node].id), nil)
        }
        return (.init(value: value, fault: .unknown), nil)
    }

    /// For each wanted node, one of the others that stands on it.
    fileprivate func witnesses(for wanted: Set<Int>, above others: [Int]) -> [Int: Int] {
        var found: [Int: Int] = [:]
        var seen = [Bool](repeating: false, count: revisions.count)
        for other in others where found.count < wanted.count {
            var waiting = Array(allDownEdges[other])
            while let node = waiting.popLast() {
                if seen[node] { continue }
                seen[node] = true
                if wanted.contains(node) { found[node] = other }
                waiting += allDownEdges[node]
            }
        }
        return found
    }
}
