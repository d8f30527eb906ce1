/// What the rows of a version table say about each revision of a graph.
struct DatabaseMarks {
    enum State {
        /// A row.
        case row
        /// The rows stand on it.
        case applied
        /// The rows do not stand on it.
        case pending
    }

    private let rows: Set<Int>
    private let reached: [Bool]

    /// Nil without a database. Rows that are no ids of the graph say nothing.
    init?(_ graph: RevisionGraph, rows: [String]?) {
        guard let rows else { return nil }
        let nodes = rows.compactMap(graph.node)
        self.rows = Set(nodes)
        reached = graph.allDownEdges.reach(from: nodes)
    }

    func state(of node: Int) -> State {
        rows.contains(node) ? .row : reached[node] ? .applied : .pending
    }
}
