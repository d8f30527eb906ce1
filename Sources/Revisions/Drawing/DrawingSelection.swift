extension RevisionGraph {
    /// Which revisions a drawing shows when it may not show all: those nearest to the sources, at most `limit`.
    ///
    /// Near is what is reached in few steps over edges of either kind. Turning from downwards to upwards, or back,
    /// costs two steps more, so that the line of a source is preferred to the branches beside it.
    func nearest(to sources: [Int], limit: Int) -> Set<Int> {
        var chosen: Set<Int> = []
        // What is to be visited at each distance, first come first.
        var waiting: [[(node: Int, direction: Direction?)]] = [sources.map { ($0, nil) }]
        var seen = [[Bool]](repeating: [Bool](repeating: false, count: revisions.count), count: 2)
        var distance = 0
        while distance < waiting.count, chosen.count < limit {
            // Steps are at least 1 long, so this list does not grow any more.
            for (node, direction) in waiting[distance] where chosen.count < limit {
                let directions = direction.map { [$0] } ?? Direction.allCases
                let isNew = directions.contains { !seen[$0.rawValue][node] }
                guard isNew else { continue }
                for direction in directions { seen[direction.rawValue][node] = true }
                chosen.insert(node)
                for next in Direction.allCases {
                    let cost = direction == nil || direction == next ? 1 : 3
                    while waiting.count <= distance + cost { waiting.append([]) }
                    let neighbours = next == .down ? allDownEdges[node] : allUpEdges[node]
                    waiting[distance + cost] += neighbours.map { ($0, next) }
                }
            }
            waiting[distance] = []
            distance += 1
        }
        return chosen
    }

    private enum Direction: Int, CaseIterable {
        case up, down
    }
}
