/// Questions about what stands on what.
extension RevisionGraph {
    /// The known ones of `ids` and everything below them, over both kinds of edges. Unknown ids are left out.
    public func closure(of ids: some Sequence<String>) -> Set<String> {
        let reached = allDownEdges.reach(from: ids.compactMap(node))
        var result: Set<String> = []
        for node in revisions.indices where reached[node] {
            result.insert(revisions[node].id)
        }
        return result
    }

    /// The known ones of `ids` that no other one of them stands on, sorted.
    public func newest(of ids: [String]) -> [String] {
        let nodes = ids.compactMap(node)
        let below = allDownEdges.reach(from: nodes.flatMap { allDownEdges[$0] })
        return Set(nodes.filter { !below[$0] }).map { revisions[$0].id }.sortedNames()
    }

    /// What an upgrade from `rows` to `targets` would run, oldest first. Unknown ids of either are left out.
    public func pending(from rows: [String], to targets: [String]) -> [String] {
        let present = allDownEdges.reach(from: rows.compactMap(node))
        let wanted = allDownEdges.reach(from: targets.compactMap(node))
        return orderedNodes.filter { wanted[$0] && !present[$0] }.map { revisions[$0].id }
    }

    /// The labels of the branches that a revision belongs to, sorted; empty for an unknown id.
    ///
    /// As `RevisionMap._add_branches` has it: a label belongs to everything above the revision that carries it, and,
    /// where that is a single line without branch and merge points, to what is below as far as the line goes on.
    public func branchLabels(of id: String) -> [String] {
        guard let node = node(id) else { return [] }
        let below = downEdges.reach(from: [node])
        var labels = revisions.indices.filter { below[$0] }.flatMap { revisions[$0].labels }

        var above: [String] = []
        var seen: Set<Int> = []
        var tip: Int? = node
        while let current = tip {
            guard !isMergePoint[current], allUpEdges[current].count <= 1, seen.insert(current).inserted else {
                above = []
                break
            }
            above += revisions[current].labels
            tip = upEdges[current].first
        }
        labels += above
        return labels.sortedNames()
    }

    /// The revision's `depends_on` without what its ancestors depend on already, as Alembic normalises it.
    public func normalizedDependencies(of id: String) -> [String] {
        node(id).map { normalizedDependencies(of: $0).map { revisions[$0].id } } ?? []
    }

    func normalizedDependencies(of node: Int) -> [Int] {
        guard !dependencyEdges[node].isEmpty else { return [] }
        let ancestors = downEdges.reach(from: downEdges[node])
        var implied: Set<Int> = []
        for ancestor in revisions.indices where ancestors[ancestor] && ancestor != node {
            implied.formUnion(dependencyEdges[ancestor])
        }
        return dependencyEdges[node].filter { !implied.contains($0) }
    }

    /// The nodes whose name, id or label, a partial id may mean: those longer than three characters (Alembic's rule).
    ///
    /// - Returns: the names, at most `limit` of them.
    func names(startingWith prefix: String, limit: Int) -> [(name: String, node: Int)] {
        var low = 0
        var high = names.count
        while low < high {
            let middle = (low + high) / 2
            if names[middle].name.precedesInBytes(prefix) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        var found: [(name: String, node: Int)] = []
        while low < names.count, found.count < limit, names[low].name.startsWithBytes(of: prefix) {
            if names[low].name.unicodeScalars.count > 3 {
                found.append(names[low])
            }
            low += 1
        }
        return found
    }
}
