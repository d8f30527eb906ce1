import Revisions

/// The order of a drawing's items from top to bottom, and the edge that continues each item's lane.
struct DrawingOrder {
    /// Each item before its ancestors.
    private(set) var items: [Int] = []
    /// For each item its edges. The first one continues the item's lane: it leads to the longest line below. Edges of
    /// `depends_on` come last.
    let parents: [[DrawnGraph.Edge]]

    /// Keeps lines together: an item is followed by the one that continues its lane, as soon as all children of that are
    /// drawn. The longest line comes first. Unconnected histories are drawn one after another, the longest first.
    init(_ graph: DrawnGraph) {
        let ups = graph.reversedEdges()
        let sorted = graph.childrenFirst(ups)
        var height = graph.items.map(\.weight)
        for item in sorted {
            for edge in graph.edges[item] {
                height[edge.target] = max(height[edge.target], height[item] + graph.items[edge.target].weight)
            }
        }
        var depth = graph.items.map(\.weight)
        for item in sorted.reversed() {
            depth[item] += graph.edges[item].map { depth[$0.target] }.max() ?? 0
        }
        parents = graph.edges.map { edges in
            edges.sorted { left, right in
                if left.isDependency != right.isDependency { return right.isDependency }
                return (-depth[left.target], left.target) < (-depth[right.target], right.target)
            }
        }

        let (component, size) = graph.components(ups)
        let bases = graph.items.indices.filter { graph.edges[$0].isEmpty }.sorted { left, right in
            let (one, other) = (component[left], component[right])
            if one != other { return (-size[one], one) < (-size[other], other) }
            // Of several bases the nearest to the top, so that its line is drawn beside the merge that it leads to.
            return (height[left], left) < (height[right], right)
        }
        walk(
            from: bases,
            up: ups.enumerated().map { item, above in
                above.map { (-height[$0], graph.isDependency(from: $0, to: item) ? 1 : 0, $0) }
                    .sorted(by: <).map(\.2)
            })
    }

    /// Walks depth-first, with a stack of its own, since histories can be deeper than a thread's stack; an item is placed
    /// after all its children.
    private mutating func walk(from bases: [Int], up: [[Int]]) {
        items.reserveCapacity(up.count)
        var isSeen = [Bool](repeating: false, count: up.count)
        var missing = up.map(\.count)
        for base in bases {
            var path = [(item: base, next: 0)]
            isSeen[base] = true
            while let (item, next) = path.last {
                guard next < up[item].count else {
                    path.removeLast()
                    place(item, &missing)
                    continue
                }
                path[path.count - 1].next += 1
                let above = up[item][next]
                if !isSeen[above] {
                    isSeen[above] = true
                    path.append((above, 0))
                }
            }
        }
    }

    /// Adds an item, unless it was added before, and as much of its lines below as can follow: short ones first, so that
    /// merged branches are drawn beside their merge.
    private mutating func place(_ item: Int, _ missing: inout [Int]) {
        var waiting = [item]
        while let item = waiting.popLast() {
            guard missing[item] == 0 else { continue }
            missing[item] = -1
            items.append(item)
            for edge in parents[item] { missing[edge.target] -= 1 }
            waiting += parents[item].filter { !$0.isDependency }.map(\.target)
        }
    }
}

extension DrawnGraph.Item {
    /// The number of revisions that it represents.
    var weight: Int {
        switch self {
        case .revision: 1
        case .fold(let fold): max(1, fold.count)
        }
    }
}

extension DrawnGraph {
    fileprivate func reversedEdges() -> [[Int]] {
        var ups = [[Int]](repeating: [], count: items.count)
        for item in items.indices {
            for edge in edges[item] { ups[edge.target].append(item) }
        }
        return ups
    }

    fileprivate func isDependency(from item: Int, to target: Int) -> Bool {
        edges[item].first { $0.target == target }?.isDependency ?? false
    }

    /// Any order in which each item comes after all its children.
    fileprivate func childrenFirst(_ ups: [[Int]]) -> [Int] {
        var missing = ups.map(\.count)
        var order = items.indices.filter { missing[$0] == 0 }
        var next = 0
        while next < order.count {
            for edge in edges[order[next]] {
                missing[edge.target] -= 1
                if missing[edge.target] == 0 { order.append(edge.target) }
            }
            next += 1
        }
        return order
    }

    /// The connected component of each item, and the number of revisions of each component.
    fileprivate func components(_ ups: [[Int]]) -> (of: [Int], size: [Int]) {
        var component = [Int](repeating: -1, count: items.count)
        var size: [Int] = []
        for start in items.indices where component[start] < 0 {
            var waiting = [start]
            component[start] = size.count
            var total = 0
            while let item = waiting.popLast() {
                total += items[item].weight
                for neighbour in ups[item] + edges[item].map(\.target) where component[neighbour] < 0 {
                    component[neighbour] = size.count
                    waiting.append(neighbour)
                }
            }
            size.append(total)
        }
        return (component, size)
    }
}
