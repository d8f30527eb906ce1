/// Adjacency lists in two flat arrays: node `n` leads to `targets[starts[n]..<starts[n + 1]]`.
///
/// Ten thousand revisions are walked in microseconds, which is what lets every question be answered anew.
struct Edges: Sendable {
    private var starts: [Int]
    private var targets: [Int]

    /// - Parameter lists: for each node, where it leads to.
    init(_ lists: [[Int]]) {
        starts = [0]
        starts.reserveCapacity(lists.count + 1)
        targets = []
        for list in lists {
            targets += list
            starts.append(targets.count)
        }
    }

    subscript(node: Int) -> ArraySlice<Int> {
        targets[starts[node]..<starts[node + 1]]
    }

    var nodeCount: Int { starts.count - 1 }

    /// The same edges, walked the other way.
    func reversed() -> Edges {
        var lists = [[Int]](repeating: [], count: nodeCount)
        for node in 0..<nodeCount {
            for target in self[node] {
                lists[target].append(node)
            }
        }
        return Edges(lists)
    }

    /// Marks the given nodes and everything that they lead to.
    func reach(from nodes: some Sequence<Int>) -> [Bool] {
        var seen = [Bool](repeating: false, count: nodeCount)
        extend(&seen, from: nodes)
        return seen
    }

    /// Adds to `seen` the given nodes and everything that they lead to; what is marked already is not walked again.
    func extend(_ seen: inout [Bool], from nodes: some Sequence<Int>) {
        var waiting = Array(nodes)
        while let node = waiting.popLast() {
            if seen[node] { continue }
            seen[node] = true
            for next in self[node] where !seen[next] {
                waiting.append(next)
            }
        }
    }
}
