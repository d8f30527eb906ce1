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
        var depth = [Int?](repeating: nil, count: nodeCount)
        var path: [(node: Int, next: Int)] = []
        for root in 0..<nodeCount where !isDone[root] {
            path.append((root, self[root].startIndex))
            depth[root] = 0
            while let (node, next) = path.last {
                if next == self[node].endIndex {
                    path.removeLast()
                    depth[node] = nil
                    isDone[node] = true
                    result.order.append(node)
                    continue
                }
                path[path.count - 1].next += 1
                let parent = self[node][next]
                if isDone[parent] { continue }
                if let start = depth[parent] {
                    if result.cycles.count < TopologicalOrder.cycleLimit {
                        result.cycles.append(path[start...].map(\.node))
                    }
                } else {
                    depth[parent] = path.count
                    path.append((parent, self[parent].startIndex))
                }
            }
        }
        return result
    }
}
