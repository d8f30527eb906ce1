/// Adjacency lists in two flat arrays: node `n` leads to `targets[starts[n]..<starts[n + 1]]`.
///
/// Ten thousand revisions are walked in microseconds, which is what lets every question be answered anew.
struct Edges: Sendable {
    private var starts: [Int] = [0]
    private var targets: [Int] = []

    /// For no node yet.
    init(nodeCapacity: Int = 0) {
        starts.reserveCapacity(nodeCapacity + 1)
        targets.reserveCapacity(nodeCapacity)
    }

    private init(starts: [Int], targets: [Int]) {
        self.starts = starts
        self.targets = targets
    }

    /// Adds a node with what it leads to.
    mutating func append(_ list: some Sequence<Int>) {
        targets += list
        starts.append(targets.count)
    }

    subscript(node: Int) -> ArraySlice<Int> {
        targets[positions(of: node)]
    }

    /// Where the targets of a node are, for walks that are too quick to make a slice for each.
    func positions(of node: Int) -> Range<Int> {
        starts[node]..<starts[node + 1]
    }

    func target(at position: Int) -> Int {
        targets[position]
    }

    var nodeCount: Int { starts.count - 1 }

    /// The same edges, walked the other way.
    func reversed() -> Edges {
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
            for position in positions(of: node) where !seen[targets[position]] {
                waiting.append(targets[position])
            }
        }
    }
}
