import AgentClient
import ArgumentParser
import Revisions
import Wire

struct GraphCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Graph.name, abstract: "Draw the revisions, newest first, with the database's rows marked.",
        discussion: "EXAMPLES\n  adminctl graph\n  adminctl --json graph | jq -r '.order[]'")

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func execute(_ connection: AgentConnection, _ console: Console) throws(ClientError) -> Int32 {
        let answer = try connection.callAll(Graph.self, .init(), database: options.chosenDatabase)
        let graph = RevisionGraph(revisions: answer.value.revisions, problems: answer.value.problems)
        if options.json { console.json(answer.json) } else { show(answer.value, graph, console) }
        return graph.isUsable ? 0 : 1
    }

    private func show(_ result: Graph.Result, _ graph: RevisionGraph, _ console: Console) {
        let rows = result.rows?.compactMap { $0 } ?? []
        let applied = graph.closure(of: rows)
        var table = Table()
        for id in result.order.reversed() {
            guard let revision = graph[id] else { continue }
            let isRow = rows.contains(id)
            let mark = isRow ? "●" : applied.contains(id) ? "│" : "○"
            let shown =
                isRow
                ? console.styled(mark, .green, .bold) : applied.contains(id) ? mark : console.styled(mark, .yellow)
            let name = console.plain(id)
            let below = revision.down + revision.dependsOn.filter { !revision.down.contains($0) }
            let parents = below.isEmpty ? "" : "← " + console.list(below)
            let labels = tags(id, isRow, revision, result)
            let doc = console.plain(revision.doc)
            table.add([
                (mark, shown), (name, isRow ? console.styled(name, .bold) : name),
                (parents, console.styled(parents, .dim)),
                (labels, console.styled(labels, .blue)), (doc, doc),
            ])
        }
        console.table(table, indent: "")
        let listed = Set(result.order)
        for row in result.rows ?? [] where row.map({ !listed.contains($0) }) ?? true {
            console.line(
                console.styled("?", .red, .bold)
                    + "  \(console.rows([row]))  a row that names no revision of the project")
        }
        if result.rows == nil { console.line("The database's rows could not be read.") }
        if !table.isEmpty {
            console.line()
            console.line(console.styled("● row of the version table   │ applied   ○ not applied", .dim))
        }
        for problem in result.problems {
            let place = problem.file.map { console.plain($0) + (problem.line.map { ":\($0)" } ?? "") + ": " } ?? ""
            console.line("\(console.styled("error", .red, .bold))  \(place)\(console.plain(problem.message))")
        }
    }

    private func tags(_ id: String, _ isRow: Bool, _ revision: Revision, _ result: Graph.Result) -> String {
        var tags: [String] = []
        if isRow { tags.append("row") }
        if result.heads.contains(id) { tags.append("head") }
        if result.branchPoints.contains(id) { tags.append("branches") }
        if result.mergePoints.contains(id) { tags.append("merge") }
        if result.bases.contains(id) { tags.append("base") }
        tags += revision.labels.map { "label \($0)" }
        return tags.isEmpty ? "" : "(" + tags.joined(separator: ", ") + ")"
    }
}
