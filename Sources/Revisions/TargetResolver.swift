extension RevisionGraph {
    /// The revisions that upgrade targets mean, as `alembic upgrade` resolves them (`_parse_upgrade_target`).
    ///
    /// - Parameters:
    ///   - targets: `head`, `heads`, `base`, an id, a unique beginning of one, a label, `label@head`, `label@id`, or a
    ///     step as `+1`, `label@+1`, `ae10+1`.
    ///   - rows: the rows of the version table; steps start there.
    /// - Returns: ids, sorted; empty when there is nothing to go to (`base`, or a project without revisions).
    /// - Throws: `TargetRefusal` wherever Alembic refuses, and for rows that are not ids or stand on each other.
    public func resolve(_ targets: [String], from rows: [String]) throws(TargetRefusal) -> [String] {
        let asked = targets.joined(separator: " ")
        let present = try nodes(ofRows: rows, for: asked)
        // The command refuses these before it looks at the graph, where a label may well have a colon.
        if let range = targets.first(where: { $0.unicodeScalars.contains(":") }) {
            throw TargetRefusal(
                target: range, reason: .range, message: "'\(range)' is a range: name only the revision to go to.")
        }
        var found: Set<Int> = []
        for target in targets {
            found.formUnion(try TargetResolver(graph: self, target: target, rows: present).resolve())
        }
        if let (upper, lower) = overlap(of: found.sorted()) {
            throw TargetRefusal(
                target: asked, reason: .overlap,
                message:
                    "Revision '\(revisions[lower].id)' is below '\(revisions[upper].id)': ask for the upper one only.")
        }
        return found.sorted().map { revisions[$0].id }
    }

    private func nodes(ofRows rows: [String], for target: String) throws(TargetRefusal) -> [Int] {
        var nodes: Set<Int> = []
        for row in rows {
            guard let node = node(row) else {
                throw TargetRefusal(
                    target: target, reason: .unknownRow,
                    message: "The version table holds '\(row)', which no script defines.")
            }
            nodes.insert(node)
        }
        if let (upper, lower) = overlap(of: nodes.sorted()) {
            throw TargetRefusal(
                target: target, reason: .overlappingRows,
                message:
                    "The version table holds '\(revisions[lower].id)' beside '\(revisions[upper].id)', which stands "
                    + "on it: repair the rows first.")
        }
        return nodes.sorted()
    }

    /// Two of the nodes of which one stands on the other; nil for an antichain.
    func overlap(of nodes: [Int]) -> (upper: Int, lower: Int)? {
        let below = allDownEdges.reach(from: nodes.flatMap { allDownEdges[$0] })
        guard let lower = nodes.first(where: { below[$0] }) else { return nil }
        let above = allUpEdges.reach(from: allUpEdges[lower])
        return nodes.first { $0 != lower && above[$0] }.map { ($0, lower) }
    }
}

/// One target, resolved as Alembic's `RevisionMap` does it; the functions follow its own, name for name.
struct TargetResolver {
    let graph: RevisionGraph
    let target: String
    let rows: [Int]

    /// Where a step starts or ends. Before the first base there are two places, which Alembic treats differently.
    enum Place {
        case nowhere
        case base
        case node(Int)
    }

    func resolve() throws(TargetRefusal) -> [Int] {
        guard let relative = RelativeTarget(target) else { return try revisions(target) }
        let place: Place
        if relative.steps > 0 {
            let start: Place
            if let symbol = relative.symbol {
                start = try revision(symbol)
            } else {
                start = try startOfStep(onBranch: relative.branch)
            }
            place = try walk(from: start, steps: relative.steps, branch: relative.branch)
        } else {
            guard let symbol = relative.symbol else {
                throw refusal(
                    .tooFar, "An upgrade goes up: '\(target)' does not. Use a positive step or a revision id.")
            }
            let name = relative.branch.map { "\($0)@\(symbol)" } ?? symbol
            place = try walk(from: try revision(name), steps: relative.steps, branch: nil)
        }
        return [try node(at: place)]
    }

    /// Where `+1` starts: the only row, or the highest revision of the branch that the rows include.
    private func startOfStep(onBranch branch: String?) throws(TargetRefusal) -> Place {
        var starts = rows
        if let branch {
            starts = try lineage(of: rows, on: branch)
            if starts.isEmpty {
                let reached = graph.allDownEdges.reach(from: rows)
                let active = try lineage(of: graph.revisions.indices.filter { reached[$0] }, on: branch)
                var below: Set<Int> = []
                for node in active {
                    below.formUnion(graph.downEdges[node])
                    below.formUnion(graph.normalizedDependencies(of: node))
                }
                starts = active.filter { !below.contains($0) }
            }
        }
        if starts.count > 1 {
            let names = starts.map { "'\(graph.revisions[$0].id)'" }.joined(separator: ", ")
            throw refusal(.ambiguousStep, "'\(target)' could start at \(names): name a revision or a branch.")
        }
        return starts.first.map(Place.node) ?? .nowhere
    }

    private func walk(from start: Place, steps: Int, branch: String?) throws(TargetRefusal) -> Place {
        var place = start
        var isOnBranch: [Bool]?
        for _ in 0..<abs(steps) {
            var next: [Place]
            if steps > 0 {
                var children: [Int]
                switch place {
                case .base: return .nowhere
                case .nowhere: children = graph.bases.compactMap(graph.node)
                case .node(let node): children = Array(graph.upEdges[node])
                }
                if let branch, children.isEmpty {
                    _ = try resolveNumber(branch)
                } else if let branch {
                    if isOnBranch == nil { isOnBranch = try members(of: branch) }
                    children = children.filter { isOnBranch?[$0] ?? true }
                }
                next = children.map(Place.node)
            } else {
                switch place {
                case .base: next = []
                case .nowhere: next = graph.heads.compactMap(graph.node).map(Place.node)
                // One parent that is named twice is two ways for Alembic.
                case .node(let node) where graph.isMergePoint[node]: throw ambiguousWalk()
                case .node(let node): next = graph.downEdges[node].map(Place.node)
                }
                if next.isEmpty, case .base = place { return .nowhere }
                if next.isEmpty { next = [.base] }
            }
            if next.isEmpty { return .nowhere }
            if next.count > 1 { throw ambiguousWalk() }
            place = next[0]
        }
        return place
    }

    private func revisions(_ identifier: String) throws(TargetRefusal) -> [Int] {
        let (names, branch) = try resolveNumber(identifier)
        if names.count == 1, let steps = RelativeTarget.stepsDown(names[0]) {
            return try belowHeads(steps: steps, onBranch: identifier.unicodeScalars.contains("@") ? branch ?? "" : nil)
        }
        var found: [Int] = []
        for name in names {
            found.append(try revision(named: name, onBranch: branch))
        }
        return found
    }

    /// A number that is no step because of what stands before it, as `@-2` or ` -2`: so far down from every head.
    private func belowHeads(steps: Int, onBranch label: String?) throws(TargetRefusal) -> [Int] {
        var heads = graph.effectiveHeads
        if let label {
            heads = heads.filter { graph.branchLabels(of: $0).contains { $0.hasSameBytes(as: label) } }
        }
        var places: [Place] = []
        for head in heads.compactMap(graph.node) {
            places.append(try walk(from: .node(head), steps: steps, branch: nil))
        }
        var found: [Int] = []
        for place in places {
            found.append(try node(at: place))
        }
        return found
    }

    private func node(at place: Place) throws(TargetRefusal) -> Int {
        guard case .node(let node) = place else {
            throw refusal(.tooFar, "There are fewer revisions than '\(target)' asks for.")
        }
        return node
    }
}
