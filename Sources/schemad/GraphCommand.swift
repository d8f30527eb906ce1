import ArgumentParser
import Offline

struct GraphCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Draw a project's revisions, newest first, from its scripts; no database is used.",
        discussion: """
            Exit status 0, or 1 when the scripts have problems, which the output lists; 78 when the project's \
            configuration cannot be used. Python is started only when a script computes its header: Alembic then loads \
            that script.
            Examples: schemad graph --project ~/src/backend
                      schemad graph --project . --json | jq -r '.heads[]'
                      schemad graph --project . --format dot | dot -Tsvg > revisions.svg
            """)

    enum Picture: String, CaseIterable, ExpressibleByArgument {
        case dot, mermaid
    }

    @Option(help: "The folder with alembic.ini or pyproject.toml.", completion: .directory) var project: String
    @Option(help: "The configuration file, relative to the project (ALEMBIC_CONFIG; default alembic.ini).")
    var config: String?
    @Option(help: "The section of the configuration file.") var section = "alembic"
    @Option(help: "The project's interpreter; by default $VIRTUAL_ENV, .venv or venv in the project, or python3.")
    var python: String?
    @Flag(help: "Print the whole graph as one JSON object, errors as one on standard error.") var json = false
    @Option(help: "Print the source of a picture.") var format: Picture?
    @Option(help: "Show this revision and its neighbours: an id or its beginning, a label, head.")
    var around: String?
    @Option(help: "Show at most this many revisions; without --around, those nearest to the heads.") var limit: Int?

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
        if json, format != nil || around != nil || limit != nil {
            throw ValidationError(
                "--json prints the whole graph; it cannot be combined with --format, --around or --limit")
        }
    }

    func run() async throws {
        do {
            let report = try await GraphReport(project: project, config: config, section: section, python: python)
            Report.write(try report.text(as: form, around: around, limit: limit))
            if format != nil { Report.printError(report.problems(hasColor: false)) }
            if !report.isUsable { throw ExitCode(1) }
        } catch let error as OfflineError where json {
            Report.printError([error.json])
            throw ExitCode(error.exitStatus)
        }
    }

    private var form: GraphReport.Form {
        switch format {
        case .dot: .dot
        case .mermaid: .mermaid
        case nil: json ? .json : .drawing(width: StandardOutput.columns, hasColor: StandardOutput.hasColor)
        }
    }
}
