import Revisions

/// The state of each revision of a graph in a database, by the rows of its version table.
struct DatabaseMarks {
    enum State {
        /// The version table has a row for it.
        case row
        /// An ancestor of a row.
        case applied
        /// Neither a row nor an ancestor of one.
        case pending
    }

    private let rows: Set<Int>
    private let reached: [Bool]

    /// Nil when `rows` is nil, which means that there is no database. Rows that are no revisions of the graph are ignored.
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
