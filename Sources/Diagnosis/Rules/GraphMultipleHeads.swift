import Revisions

extension Rule {
    static let graphMultipleHeads = Rule(
        code: "graph.multipleHeads",
        page: Page(
            title: "the project has several heads",
            problem: """
                Several revisions have nothing after them. When they grew from a common ancestor that is usually an \
                accident (two people added a revision at once) and a warning: alembic upgrade head fails with \
                "Multiple head revisions are present". When they are independent lines, that only depend on one \
                another at most, or branches that were given a label, it is information: such a project keeps one row \
                for each in its version table. adminctl migrate runs all of them.
                """,
            evidence: "The effective heads: the ids that no down_revision and no depends_on names.",
            remedy: "Merge the heads of one line with alembic merge; leave independent lines as they are.")
    ) { situation, code in
        guard let graph = situation.facts.graph, graph.isUsable, graph.effectiveHeads.count > 1 else { return [] }
        let heads = graph.effectiveHeads
        let related = graph.areForked(heads)
        return [
            Observation(
                code, related ? .warning : .info, .inSync,
                "The project has \(heads.count) heads\(related ? " of one line" : ""): \(TerminalText.list(heads)).",
                evidence: heads.prefix(20).map { "\($0): \(graph[$0]?.file ?? "")" },
                remedy: related
                    ? [
                        "# In the project, merge them:",
                        "alembic merge -m 'merge heads' " + heads.map(ShellWord.quoted).joined(separator: " "),
                    ] : ["# Nothing, when the lines are meant to be independent: migrate runs all of them."])
        ]
    }
}

extension RevisionGraph {
    /// Whether two of the heads follow a common revision, and neither stands on a branch that was given a label.
    fileprivate func areForked(_ heads: [String]) -> Bool {
        let lines = heads.map(line)
        var count: [String: Int] = [:]
        for id in lines.joined() { count[id, default: 0] += 1 }
        let unnamed = lines.filter { line in
            line.contains { count[$0] != 1 } && !line.contains { count[$0] == 1 && self[$0]?.labels.isEmpty == false }
        }
        return unnamed.count > 1
    }

    /// A head and what it follows; what it depends on belongs to other lines.
    private func line(of head: String) -> Set<String> {
        var line: Set<String> = [head]
        var rest = [head]
        while let id = rest.popLast() {
            for down in self[id]?.down ?? [] where line.insert(down).inserted { rest.append(down) }
        }
        return line
    }
}
