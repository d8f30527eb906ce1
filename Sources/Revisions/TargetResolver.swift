import Text

/// Resolves one target as Alembic's `RevisionMap` does; the functions have the same structure as Alembic's.
struct TargetResolver {
    let graph: RevisionGraph
    let target: String
    let rows: [Int]

    /// The start or end of a step. There are two places before the first base, which Alembic treats differently.
    enum Place {
        case nowhere
        case base
        case node(Int)
    }

    func resolve() throws(RevisionsError) -> [Int] {
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
                    .tooFar, "'\(target)' goes down, and an upgrade only goes up. Use a positive step or a revision id."
                )
            }
            let name = relative.branch.map { "\($0)@\(symbol)" } ?? symbol
            place = try walk(from: try revision(name), steps: relative.steps, branch: nil)
        }
        return [try node(at: place)]
    }

    /// The start of `+1`: the only row, or the newest revision of the branch that the rows include.
    private func startOfStep(onBranch branch: String?) throws(RevisionsError) -> Place {
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
            throw refusal(.ambiguousStep, "'\(target)' could start at any of \(names): specify a revision or a branch.")
        }
        return starts.first.map(Place.node) ?? .nowhere
    }

    private func walk(from start: Place, steps: Int, branch: String?) throws(RevisionsError) -> Place {
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
                // To Alembic, a parent that is named twice is two parents.
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

    private func revisions(_ identifier: String) throws(RevisionsError) -> [Int] {
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

    /// Resolves a number that the text before it makes no step, such as `@-2` or ` -2`: that many down from every head.
    private func belowHeads(steps: Int, onBranch label: String?) throws(RevisionsError) -> [Int] {
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

    private func node(at place: Place) throws(RevisionsError) -> Int {
        guard case .node(let node) = place else {
            throw refusal(.tooFar, "'\(target)' goes beyond the end of the history.")
        }
        return node
    }
}

// MARK: Ids, labels and branches

extension TargetResolver {
    func revision(_ identifier: String) throws(RevisionsError) -> Place {
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

    /// Splits `branch@name`, and replaces `head`, `heads` and `base` by ids.
    func resolveNumber(_ identifier: String) throws(RevisionsError) -> (names: [String], branch: String?) {
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

    private func heads(on branch: String) throws(RevisionsError) -> [String] {
        try lineage(of: graph.heads.compactMap(graph.node), on: branch).map { graph.revisions[$0].id }
    }

    func revision(named name: String, onBranch branch: String?) throws(RevisionsError) -> Int {
        guard let branch else { return try find(name, onBranch: nil) }
        let branchNode = try resolveBranch(branch)
        // After a branch Alembic asserts a name, even where an empty label would match.
        if name.isEmpty { throw unknown(name) }
        let node = try find(name, onBranch: branch)
        if !members(ofLinesThrough: [branchNode])[node] {
            throw refusal(.notInLine, "Revision '\(graph.revisions[node].id)' does not belong to branch '\(branch)'.")
        }
        return node
    }

    /// The revision of an id or label, or of a unique prefix of one.
    private func find(_ name: String, onBranch branch: String?) throws(RevisionsError) -> Int {
        if let node = graph.index[ExactString(name)] ?? graph.labelled[ExactString(name)] { return node }
        // An empty name would match everything; Alembic asserts that the name is not empty.
        if name.isEmpty { throw unknown(name) }
        var found = graph.names(startingWith: name, limit: .max)
        if let branch {
            let members = try Set(lineage(of: found.map(\.node), on: branch))
            found = found.filter { members.contains($0.node) }
        }
        if found.count > 1 {
            let names = found.prefix(3).map { "'\($0.name)'" }.joined(separator: ", ")
            throw refusal(
                .ambiguous, "Several revisions start with '\(name)': \(names)\(found.count > 3 ? ", …" : "").")
        }
        guard let only = found.first else { throw unknown(name) }
        return only.node
    }

    private func resolveBranch(_ branch: String) throws(RevisionsError) -> Int {
        do throws(RevisionsError) {
            return try find(branch, onBranch: nil)
        } catch {
            throw refusal(error.code, "There is no branch '\(branch)'.")
        }
    }

    /// The given nodes that are ancestors or descendants of the branch's revision, over versioned edges.
    func lineage(of nodes: [Int], on branch: String) throws(RevisionsError) -> [Int] {
        if nodes.isEmpty {
            // Alembic looks up the branch only if there is a node to compare it with, but always parses it.
            _ = try resolveNumber(branch)
            return []
        }
        let members = try members(of: branch)
        return nodes.filter { members[$0] }
    }

    func members(of branch: String) throws(RevisionsError) -> [Bool] {
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

    // MARK: Errors

    func refusal(_ code: RevisionsError.Code, _ message: String) -> RevisionsError {
        RevisionsError(code, target: target, message: message)
    }

    private func unknown(_ name: String) -> RevisionsError {
        let advice = name.unicodeScalars.count < 4 ? " A partial id needs at least four characters." : ""
        return refusal(.unknown, "There is no revision or branch '\(name)'.\(advice)")
    }

    func ambiguousWalk() -> RevisionsError {
        refusal(.ambiguousStep, "'\(target)' could mean several revisions: specify a revision or a branch.")
    }

    private func severalHeads(_ heads: [String], argument: String) -> RevisionsError {
        let names = heads.prefix(5).map { "'\($0)'" }.joined(separator: ", ") + (heads.count > 5 ? ", …" : "")
        return refusal(
            .multipleHeads,
            "'\(argument)' means \(heads.count) heads: \(names). Specify one of them, or 'heads' for all.")
    }
}
