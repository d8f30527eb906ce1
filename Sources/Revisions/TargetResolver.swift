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
private struct TargetResolver {
    let graph: RevisionGraph
    let target: String
    let rows: [Int]

    /// Where a step starts or ends. Before the first base there are two places, which Alembic treats differently.
    private enum Place {
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
        guard case .node(let node) = place else {
            throw refusal(.tooFar, "There are fewer revisions than '\(target)' asks for.")
        }
        return [node]
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
                case .node(let node): next = graph.downEdges[node].map(Place.node)
                }
                if next.isEmpty, case .base = place { return .nowhere }
                if next.isEmpty { next = [.base] }
            }
            if next.isEmpty { return .nowhere }
            if next.count > 1 {
                throw refusal(.ambiguousStep, "'\(target)' could go several ways: name a revision or a branch.")
            }
            place = next[0]
        }
        return place
    }

    // MARK: Alembic's own functions

    private func revisions(_ identifier: String) throws(TargetRefusal) -> [Int] {
        let (names, branch) = try resolveNumber(identifier)
        var found: [Int] = []
        for name in names {
            found.append(try revision(named: name, onBranch: branch))
        }
        return found
    }

    private func revision(_ identifier: String) throws(TargetRefusal) -> Place {
        let (names, branch) = try resolveNumber(identifier)
        if names.count > 1 {
            throw severalHeads(names, argument: identifier)
        }
        guard let name = names.first else {
            if let branch { _ = try resolveBranch(branch) }
            return .nowhere
        }
        return .node(try revision(named: name, onBranch: branch))
    }

    /// Takes `branch@name` apart and replaces `head`, `heads` and `base` by ids.
    private func resolveNumber(_ identifier: String) throws(TargetRefusal) -> (names: [String], branch: String?) {
        var name = identifier
        var branch: String?
        if let at = identifier.unicodeScalars.firstIndex(of: "@") {
            name = String(identifier.unicodeScalars[identifier.unicodeScalars.index(after: at)...])
            let text = String(identifier.unicodeScalars[..<at])
            branch = text.isEmpty ? nil : text
        }
        switch name {
        case "heads":
            guard let branch else { return (graph.effectiveHeads, nil) }
            return (try heads(on: branch), branch)
        case "head":
            var heads = graph.heads
            if let branch { heads = try self.heads(on: branch) }
            if heads.count > 1 {
                throw severalHeads(heads, argument: identifier)
            }
            return (heads, branch)
        case "base":
            return ([], branch)
        default:
            return ([name], branch)
        }
    }

    private func heads(on branch: String) throws(TargetRefusal) -> [String] {
        try lineage(of: graph.heads.compactMap(graph.node), on: branch).map { graph.revisions[$0].id }
    }

    private func revision(named name: String, onBranch branch: String?) throws(TargetRefusal) -> Int {
        guard let branch else { return try find(name, onBranch: nil) }
        let branchNode = try resolveBranch(branch)
        let node = try find(name, onBranch: branch)
        if !members(ofLinesThrough: [branchNode])[node] {
            throw refusal(.notInLine, "Revision '\(graph.revisions[node].id)' is not a member of branch '\(branch)'.")
        }
        return node
    }

    /// The revision of an id or label, or of the beginning of one.
    private func find(_ name: String, onBranch branch: String?) throws(TargetRefusal) -> Int {
        if let node = graph.index[ExactName(name)] ?? graph.labelled[ExactName(name)] { return node }
        // An empty name would fit everything; Alembic asserts that there is one.
        var found = name.isEmpty ? [] : graph.names(startingWith: name, limit: .max)
        if let branch, !found.isEmpty {
            let members = try members(of: branch)
            found = found.filter { members[$0.node] }
        }
        if found.count > 1 {
            let names = found.prefix(3).map { "'\($0.name)'" }.joined(separator: ", ")
            throw refusal(
                .ambiguous, "Several revisions start with '\(name)': \(names)\(found.count > 3 ? ", …" : "").")
        }
        guard let only = found.first else {
            let advice = name.unicodeScalars.count < 4 ? " Give at least four characters of an id." : ""
            throw refusal(.unknown, "There is no revision or branch '\(name)'.\(advice)")
        }
        return only.node
    }

    private func resolveBranch(_ branch: String) throws(TargetRefusal) -> Int {
        do throws(TargetRefusal) {
            return try find(branch, onBranch: nil)
        } catch {
            throw refusal(error.reason, "There is no branch '\(branch)'.")
        }
    }

    /// Those of the nodes that are above or below the revision that the branch's name means, over versioned edges.
    private func lineage(of nodes: [Int], on branch: String) throws(TargetRefusal) -> [Int] {
        if nodes.isEmpty {
            // Alembic looks the branch up only when there is something to compare it with, but takes it apart before.
            _ = try resolveNumber(branch)
            return []
        }
        let members = try members(of: branch)
        return nodes.filter { members[$0] }
    }

    private func members(of branch: String) throws(TargetRefusal) -> [Bool] {
        let (names, label) = try resolveNumber(branch)
        var tests: [Int] = []
        for name in (label.map { [$0] } ?? []) + names {
            tests.append(try revision(named: name, onBranch: nil))
        }
        if tests.isEmpty { return [Bool](repeating: true, count: graph.revisions.count) }
        return members(ofLinesThrough: tests)
    }

    private func members(ofLinesThrough nodes: [Int]) -> [Bool] {
        let below = graph.downEdges.reach(from: nodes)
        let above = graph.upEdges.reach(from: nodes)
        return zip(below, above).map { $0 || $1 }
    }

    // MARK: Refusals

    private func refusal(_ reason: TargetRefusal.Reason, _ message: String) -> TargetRefusal {
        TargetRefusal(target: target, reason: reason, message: message)
    }

    private func severalHeads(_ heads: [String], argument: String) -> TargetRefusal {
        let names = heads.prefix(5).map { "'\($0)'" }.joined(separator: ", ") + (heads.count > 5 ? ", …" : "")
        return refusal(
            .multipleHeads,
            "'\(argument)' means \(heads.count) heads: \(names). Say 'heads' for all, or name one of them.")
    }
}
