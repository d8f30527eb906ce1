/// The names in a target: ids, labels, the beginnings of them, and what stands before an `@`.
extension TargetResolver {
    func revision(_ identifier: String) throws(TargetRefusal) -> Place {
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
    func resolveNumber(_ identifier: String) throws(TargetRefusal) -> (names: [String], branch: String?) {
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

    func revision(named name: String, onBranch branch: String?) throws(TargetRefusal) -> Int {
        guard let branch else { return try find(name, onBranch: nil) }
        let branchNode = try resolveBranch(branch)
        // Behind a branch Alembic asserts that there is a name, even where an empty label would fit.
        if name.isEmpty { throw unknown(name) }
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

    private func resolveBranch(_ branch: String) throws(TargetRefusal) -> Int {
        do throws(TargetRefusal) {
            return try find(branch, onBranch: nil)
        } catch {
            throw refusal(error.reason, "There is no branch '\(branch)'.")
        }
    }

    /// Those of the nodes that are above or below the revision that the branch's name means, over versioned edges.
    func lineage(of nodes: [Int], on branch: String) throws(TargetRefusal) -> [Int] {
        if nodes.isEmpty {
            // Alembic looks the branch up only when there is something to compare it with, but takes it apart before.
            _ = try resolveNumber(branch)
            return []
        }
        let members = try members(of: branch)
        return nodes.filter { members[$0] }
    }

    func members(of branch: String) throws(TargetRefusal) -> [Bool] {
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

    func refusal(_ reason: TargetRefusal.Reason, _ message: String) -> TargetRefusal {
        TargetRefusal(target: target, reason: reason, message: message)
    }

    private func unknown(_ name: String) -> TargetRefusal {
        let advice = name.unicodeScalars.count < 4 ? " Give at least four characters of an id." : ""
        return refusal(.unknown, "There is no revision or branch '\(name)'.\(advice)")
    }

    func ambiguousWalk() -> TargetRefusal {
        refusal(.ambiguousStep, "'\(target)' could go several ways: name a revision or a branch.")
    }

    private func severalHeads(_ heads: [String], argument: String) -> TargetRefusal {
        let names = heads.prefix(5).map { "'\($0)'" }.joined(separator: ", ") + (heads.count > 5 ? ", …" : "")
        return refusal(
            .multipleHeads,
            "'\(argument)' means \(heads.count) heads: \(names). Say 'heads' for all, or name one of them.")
    }
}
