/// Adjacency lists in two flat arrays: the targets of node `n` are `targets[starts[n]..<starts[n + 1]]`.
///
/// Walking ten thousand revisions takes microseconds, so that results need not be cached.
package struct Edges: Sendable {
    private var starts: [Int] = [0]
    private var targets: [Int] = []

    /// A list without nodes.
    package init(nodeCapacity: Int = 0) {
        starts.reserveCapacity(nodeCapacity + 1)
        targets.reserveCapacity(nodeCapacity)
    }

    private init(starts: [Int], targets: [Int]) {
        self.starts = starts
        self.targets = targets
    }

    /// Adds a node with its targets.
    package mutating func append(_ list: some Sequence<Int>) {
        targets += list
        starts.append(targets.count)
    }

    package subscript(node: Int) -> ArraySlice<Int> {
        targets[positions(of: node)]
    }

    /// The positions of a node's targets, for walks in which a slice for each node would cost too much.
    package func positions(of node: Int) -> Range<Int> {
        starts[node]..<starts[node + 1]
    }

    package func target(at position: Int) -> Int {
        targets[position]
    }

    package var nodeCount: Int { starts.count - 1 }

    /// The same edges in the opposite direction.
    package func reversed() -> Edges {
        var starts = [Int](repeating: 0, count: nodeCount + 1)
        for target in targets { starts[target + 1] += 1 }
        for node in 0..<nodeCount { starts[node + 1] += starts[node] }
        var next = starts
        var sources = [Int](repeating: 0, count: targets.count)
        for node in 0..<nodeCount {
            for position in positions(of: node) {
                let target = targets[position]
                sources[next[target]] = node
                next[target] += 1
            }
        }
        return Edges(starts: starts, targets: sources)
    }

    /// Marks the given nodes and every node that can be reached from them.
    package func reach(from nodes: some Sequence<Int>) -> [Bool] {
        var seen = [Bool](repeating: false, count: nodeCount)
        extend(&seen, from: nodes)
        return seen
    }

    /// Marks in `seen` the given nodes and every node that can be reached from them, without walking from marked nodes.
    package func extend(_ seen: inout [Bool], from nodes: some Sequence<Int>) {
        var waiting = Array(nodes)
        while let node = waiting.popLast() {
            if seen[node] { continue }
            seen[node] = true
            for position in positions(of: node) where !seen[targets[position]] {
                waiting.append(targets[position])
            }
        }
    }
}

extension Edges {
    /// Sorts the nodes by a depth-first search with its own stack, because histories are deeper than a thread's stack.
    ///
    /// The revisions of one branch stay together, as a reader of a plan expects. An edge that closes a cycle is
    /// ignored.
    func parentsFirst() -> TopologicalOrder {
        var result = TopologicalOrder()
        result.order.reserveCapacity(nodeCount)
        var isDone = [Bool](repeating: false, count: nodeCount)
        /// The position of each node on the path; -1 for nodes that are not on it.
        var depth = [Int](repeating: -1, count: nodeCount)
        var path: [(node: Int, rest: Range<Int>)] = []
        for root in 0..<nodeCount where !isDone[root] {
            depth[root] = 0
            path.append((root, positions(of: root)))
            while let (node, positions) = path.last {
                guard let next = positions.first else {
                    path.removeLast()
                    depth[node] = -1
                    isDone[node] = true
                    result.order.append(node)
                    continue
                }
                path[path.count - 1].rest = positions.dropFirst()
                let parent = target(at: next)
                if isDone[parent] { continue }
                if depth[parent] >= 0 {
                    if result.cycles.count < TopologicalOrder.cycleLimit {
                        result.cycles.append(path[depth[parent]...].map(\.node))
                    }
                } else {
                    depth[parent] = path.count
                    path.append((parent, self.positions(of: parent)))
                }
            }
        }
        return result
    }
}

/// All nodes, each after its parents, and the cycles that make this impossible for some.
struct TopologicalOrder {
    var order: [Int] = []
    /// At most `cycleLimit` cycles; in each, every node's parent is the next one, and the last one's parent is the
    /// first.
    var cycles: [[Int]] = []
    static let cycleLimit = 20
}
