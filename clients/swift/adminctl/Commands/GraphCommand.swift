import AgentClient
import ArgumentParser
import Diagnosis
import Revisions
import Wire

struct GraphCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Graph.name, abstract: "Draw the revisions, newest first, with the database's rows marked.",
        discussion: """
            EXAMPLES
              adminctl graph
              adminctl graph --around head --limit 20
              adminctl --json graph | jq -r '.order[]'
              adminctl graph --format dot | dot -Tsvg > revisions.svg
            """)

    enum Picture: String, CaseIterable, ExpressibleByArgument {
        case dot, mermaid
    }

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Option(help: "Show this revision and those near to it: an id, the beginning of one, a label, head.")
    var around: String?

    @Option(help: "Show at most so many revisions; without --around, the nearest to the heads and the rows.")
    var limit: Int?

    @Option(help: "Print the source of a picture.") var format: Picture?

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
        if options.json, format != nil || around != nil || limit != nil {
            throw ValidationError("--json prints the whole graph: without --format, --around and --limit")
        }
    }

    func execute(_ connection: AgentConnection, _ console: Console) throws(ClientError) -> Int32 {
        let answer = try connection.callAll(Graph.self, .init(), database: options.chosenDatabase)
        let graph = RevisionGraph(revisions: answer.value.revisions, problems: answer.value.problems)
        let drawn = GraphDrawing.Options(
            rows: answer.value.rows?.compactMap { $0 }, around: try revisions(of: graph), limit: limit)
        switch format {
        case .dot: Console.write(GraphPicture(graph, .dot, drawn, visible: TerminalText.visible).text)
        case .mermaid: Console.write(GraphPicture(graph, .mermaid, drawn, visible: TerminalText.visible).text)
        case nil where options.json: console.json(answer.json)
        case nil: show(answer.value, graph, drawn, console)
        }
        return graph.isUsable ? 0 : 1
    }

    private func revisions(of graph: RevisionGraph) throws(ClientError) -> [String] {
        guard let around else { return [] }
        do {
            return try graph.revisions(around: around)
        } catch {
            throw .agent(WireError(.badParams, "--around \(around): \(error.message)"))
        }
    }

    private func show(
        _ result: Graph.Result, _ graph: RevisionGraph, _ drawn: GraphDrawing.Options, _ console: Console
    ) {
        let drawing = GraphDrawing(graph, drawn)
        for line in TerminalGraph.lines(of: drawing, width: console.columns, hasColor: console.hasColor) {
            console.line(line)
        }
        if graph.revisions.isEmpty { console.line("The project has no revisions.") }
        for row in result.rows ?? [] where row.map({ graph[$0] == nil }) ?? true {
            console.line(
                console.styled("?", .red, .bold)
                    + "  \(console.rows([row]))  a row that names no revision of the project")
        }
        if result.rows == nil {
            console.line("The database's rows are not known: \(options.commandLine("diagnose")) says why.")
        }
        if !result.problems.isEmpty { console.line() }
        for line in TerminalGraph.lines(of: result.problems, hasColor: console.hasColor) { console.line(line) }
    }
}
