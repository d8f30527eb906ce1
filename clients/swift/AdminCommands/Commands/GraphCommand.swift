import AgentClient
import ArgumentParser
import Diagnosis
import Revisions
import Terminal
import Text
import Wire

struct GraphCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Graph.name, abstract: "Draw the revisions, newest first, and mark the database's rows.",
        usage: "adminctl graph [<options>]",
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

    @Option(
        help: ArgumentHelp(
            "Show this revision and its neighbours: an id or its beginning, a label, head.", valueName: "revision"))
    var around: String?

    @Option(
        help: ArgumentHelp(
            "Show at most this many revisions; without --around, those nearest to heads and rows.", valueName: "number")
    )
    var limit: Int?

    @Option(help: "Print the source of a picture, for Graphviz or Mermaid.") var format: Picture?

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
        if options.json, format != nil || around != nil || limit != nil {
            throw ValidationError(
                "--json prints the whole graph; it cannot be combined with --format, --around or --limit")
        }
    }

    func execute(_ connection: AgentConnection, _ console: Console) throws(AgentClientError) -> Int32 {
        let answer = try connection.callAll(Graph.self, .init(), database: options.chosenDatabase)
        let graph = RevisionGraph(revisions: answer.value.revisions, problems: answer.value.problems)
        let drawn = GraphDrawing.Options(
            rows: answer.value.rows?.compactMap { $0 }, around: try revisions(of: graph), limit: limit)
        switch format {
        case .dot: Console.write(GraphPicture(graph, .dot, drawn, visible: SafeText.visible).text)
        case .mermaid: Console.write(GraphPicture(graph, .mermaid, drawn, visible: SafeText.visible).text)
        case nil where options.json: console.json(answer.json)
        case nil: show(answer.value, graph, drawn, console)
        }
        return graph.isUsable ? 0 : 1
    }

    private func revisions(of graph: RevisionGraph) throws(AgentClientError) -> [String] {
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
                    + "  \(console.rows([row]))  this row is not a revision of the project")
        }
        if result.rows == nil {
            console.line("The database's rows are not known. See: \(options.commandLine("diagnose"))")
        }
        if !result.problems.isEmpty { console.line() }
        for line in TerminalGraph.lines(of: result.problems, hasColor: console.hasColor) { console.line(line) }
    }
}
