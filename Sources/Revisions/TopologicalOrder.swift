/// All nodes, each after those that it stands on; and the cycles that make this impossible for some.
struct TopologicalOrder {
    var order: [Int] = []
    /// Each cycle as nodes, each standing on the next and the last on the first; at most `cycleLimit` of them.
    var cycles: [[Int]] = []
    static let cycleLimit = 20
}

extension Edges {
    /// A walk in depth with a stack of its own, since histories are deeper than a thread's stack.
    ///
    /// Lines stay together in the order, as a reader of a plan expects. A cycle is left out at the edge that closes it.
    func parentsFirst() -> TopologicalOrder {
        var result = TopologicalOrder()
        result.order.reserveCapacity(nodeCount)
        var isDone = [Bool](repeating: false, count: nodeCount)
        /// Where on the path a node is; -1 when it is not on it.
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
