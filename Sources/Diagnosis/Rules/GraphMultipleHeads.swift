import Revisions
import Text

extension Rule {
    static let graphMultipleHeads = Rule(
        code: "graph.multipleHeads",
        severities: [.warning, .info],
        page: Page(
            title: "the project has several heads",
            problem: """
                Several revisions have no successor.
                Warning: the heads fork from a common ancestor. This usually happens by accident, when two people \
                add a revision at the same time; alembic upgrade head fails with "Multiple head revisions are \
                present".
                Information: the heads are independent branches, connected by depends_on at most, or branches with a \
                label. The version table of such a project has one row for each head. adminctl migrate runs all of \
                them.
                """,
            evidence: "The effective heads: the revisions that no down_revision and no depends_on names.",
            remedy: "Merge heads that forked with alembic merge. Leave independent branches as they are.")
    ) { context, code in
        guard let graph = context.facts.graph, graph.isUsable, graph.effectiveHeads.count > 1 else { return [] }
        let heads = graph.effectiveHeads
        let related = graph.areForked(heads)
        return [
            RuleResult(
                code, related ? .warning : .info, .inSync,
                "The project has \(related ? "forked into " : "")\(heads.count) heads: \(SafeText.list(heads)).",
                evidence: heads.map { "\($0): \(graph[$0]?.file ?? "")" },
                remedy: related
                    ? [
                        "# Merge them, in the project:",
                        "alembic merge -m 'merge heads' " + heads.map(ShellWord.quoted).joined(separator: " "),
                    ] : ["# If the branches are independent, do nothing: migrate runs all of them."])
        ]
    }
}

extension RevisionGraph {
    /// Whether two of the heads share an ancestor through `down_revision`, and neither is on a branch with a label.
    fileprivate func areForked(_ heads: [String]) -> Bool {
        let lines = heads.map(line)
        var count: [String: Int] = [:]
        for id in lines.joined() { count[id, default: 0] += 1 }
        let unnamed = lines.filter { line in
            line.contains { count[$0] != 1 } && !line.contains { count[$0] == 1 && self[$0]?.labels.isEmpty == false }
        }
        return unnamed.count > 1
    }

    /// A head and its ancestors through `down_revision`. What it depends on belongs to other branches.
    private func line(of head: String) -> Set<String> {
        var line: Set<String> = [head]
        var rest = [head]
        while let id = rest.popLast() {
            for down in self[id]?.down ?? [] where line.insert(down).inserted { rest.append(down) }
        }
        return line
    }
}
