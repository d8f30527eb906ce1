import Text

/// Classifies the rows of a version table by the scripts alone.
///
/// Rows are legitimate if each is the id of a script and none is an ancestor or dependency of another. An empty table
/// is legitimate as well; other rules decide whether it needs attention.
public struct RowClassification: Codable, Hashable, Sendable {
    /// What is wrong with a row.
    public enum Fault: String, Codable, Sendable {
        /// The row is an ancestor or dependency of another row, which implies it.
        case redundant
        /// The same value as an earlier row.
        case duplicate
        /// An id with white space around it.
        case padded
        /// SQL NULL.
        case null
        /// An empty string, or only white space.
        case empty
        /// A name that Alembic resolves but that is not an id: `head`, `heads`, `base` or a branch label.
        case symbolic
        /// A unique prefix of an id; an upgrade from it would add a second row.
        case partial
        /// No script defines it; often the database is ahead of the code.
        case unknown
    }

    /// One row of the table.
    public struct Row: Codable, Hashable, Sendable {
        /// The stored value; nil is SQL NULL.
        public var value: String?
        /// Nil for a legitimate row.
        public var fault: Fault?
        /// The id that explains the fault: the row that implies a redundant one, the id that a duplicate, padded or
        /// partial row means, or the revision with the label.
        public var because: String?

        public init(value: String?, fault: Fault? = nil, because: String? = nil) {
            self.value = value
            self.fault = fault
            self.because = because
        }

        private enum CodingKeys: String, CodingKey {
            case value, fault, because
        }

        /// Encodes all members; a null `value` is a NULL row.
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
    /// The revisions that the rows mean, trimmed and without duplicate and redundant ones: the smallest set with the
    /// same closure, sorted.
    public var known: [String]
    /// The values that no script defines, sorted; without symbolic and partial ones.
    public var unknown: [String]

    /// Classifies each row. A row has one fault, the first that applies of: null, empty, symbolic, padded, partial,
    /// unknown, duplicate, redundant.
    public init(rows values: [String?], graph: RevisionGraph) {
        var classified: [Row] = []
        var nodes: [Int?] = []
        var seen: Set<ExactString> = []
        for value in values {
            let (row, node) = graph.classify(value)
            classified.append(row)
            nodes.append(node)
            guard let value, let node, row.fault == nil, !seen.insert(ExactString(value)).inserted else { continue }
            classified[classified.count - 1] = Row(value: value, fault: .duplicate, because: graph.revisions[node].id)
        }

        let meant = Set(nodes.compactMap { $0 }).sorted()
        let below = graph.allDownEdges.reach(from: meant.flatMap { graph.allDownEdges[$0] })
        let minimal = meant.filter { !below[$0] }
        let witnesses = graph.witnesses(for: Set(meant.filter { below[$0] }), above: minimal)
        for position in classified.indices where classified[position].fault == nil {
            if let node = nodes[position], below[node] {
                classified[position].fault = .redundant
                classified[position].because = witnesses[node].map { graph.revisions[$0].id }
            }
        }
        rows = classified
        isLegitimate = classified.allSatisfy { $0.fault == nil }
        known = minimal.map { graph.revisions[$0].id }
        unknown = classified.filter { $0.fault == .unknown }.compactMap(\.value).uniqueSortedByBytes()
    }
}

extension RevisionGraph {
    /// Classifies one row on its own; `node` is the revision that it means, if that is certain.
    fileprivate func classify(_ value: String?) -> (row: RowClassification.Row, node: Int?) {
        guard let value else { return (.init(value: nil, fault: .null), nil) }
        // Exact ids come first: even an id of white space is valid.
        if let node = node(value) { return (.init(value: value), node) }
        let trimmed = value.trimmedOfWhitespace
        if trimmed.isEmpty { return (.init(value: value, fault: .empty), nil) }
        if ["head", "heads", "base"].contains(trimmed) { return (.init(value: value, fault: .symbolic), nil) }
        if let node = node(trimmed) { return (.init(value: value, fault: .padded, because: trimmed), node) }
        if let carrier = labelled[ExactString(value)] {
            return (.init(value: value, fault: .symbolic, because: revisions[carrier].id), nil)
        }
        let candidates = names(startingWith: value, limit: 2)
        if candidates.count == 1 {
            return (.init(value: value, fault: .partial, because: revisions[candidates[0].node].id), nil)
        }
        return (.init(value: value, fault: .unknown), nil)
    }

    /// For each wanted node, one of the other nodes that has it as an ancestor or dependency.
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
