import Revisions

extension Rule {
    static let graphMultipleHeads = Rule(
        code: "graph.multipleHeads",
        page: Page(
            title: "the project has several heads",
            problem: """
                Several revisions have nothing after them. When they grew from a common ancestor that is usually an \
                accident (two people added a revision at once) and a warning: alembic upgrade head fails with \
                "Multiple head revisions are present". When they are independent lines it is information: such a \
                project keeps one row for each in its version table. adminctl migrate runs all of them.
                """,
            evidence: "The effective heads: the ids that no down_revision and no depends_on names.",
            remedy: "Merge the heads of one line with alembic merge; leave independent lines as they are.")
    ) { situation, code in
        guard let graph = situation.facts.graph, graph.isUsable, graph.effectiveHeads.count > 1 else { return [] }
        let heads = graph.effectiveHeads
        let related = graph.haveCommonAncestor(heads)
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
    /// Whether two of the heads stand on a common revision.
    fileprivate func haveCommonAncestor(_ heads: [String]) -> Bool {
        var seen: Set<String> = []
        for head in heads {
            let line = closure(of: [head])
            if !seen.isDisjoint(with: line) { return true }
            seen.formUnion(line)
        }
        return false
    }
}
