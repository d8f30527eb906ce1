import Alembic
import Diagnosis
import FoundationEssentials
import Revisions
import Settings
import Wire

/// `schemad graph`: a project's revisions, read without a database, and without Python unless a script computes its
/// header.
public struct GraphReport: Sendable {
    /// How it is told.
    public enum Form: Hashable, Sendable {
        /// For readers; the problems come after the drawing. Nil is for lines of any length.
        case drawing(width: Int?, hasColor: Bool)
        /// The `graph` contract, one line; always of the whole graph.
        case json
        /// Graphviz.
        case dot
        /// A Mermaid flowchart.
        case mermaid
    }

    private let graph: RevisionGraph

    /// Reads the project.
    ///
    /// - Parameters:
    ///   - project: its folder; relative to the working directory.
    ///   - config: the configuration file, relative to the project; nil is for `ALEMBIC_CONFIG`, or else `alembic.ini`.
    ///   - python: the project's interpreter, relative to the working directory; nil looks for one. Packages are looked for beside it, and it is started
    ///     for the scripts that only Python can read.
    /// - Throws: what is wrong with the configuration. What is wrong with scripts is in the report.
    public init(
        project: String, config: String?, section: String, python: String?
    ) async throws(GraphReportError) {
        let folder = TextFile.absolute(project)
        var runner = Runner(
            python: Runner.interpreter(named: python, folder: folder), folder: folder,
            config: config ?? Self.variable("ALEMBIC_CONFIG") ?? "alembic.ini", section: section)
        runner.inheritsEnvironment = true
        let configuration: ProjectConfiguration
        do {
            configuration = try ProjectConfiguration.read(
                folder: folder, config: runner.config, section: section,
                searchPath: InterpreterPackages.folders(of: runner.python))
        } catch {
            throw GraphReportError(error)
        }
        // The scripts are read once: there is nothing to tell their contents from.
        var scripts = ScriptFolder(hash: { _ in [] })
        var reading = scripts.read(configuration)
        if !reading.unsettled.isEmpty {
            do throws(RunnerError) {
                reading = reading.settled(by: .success(try await runner.load(reading.unsettled)))
            } catch {
                reading = reading.settled(by: .failure(error))
            }
        }
        graph = reading.graph
    }

    init(_ graph: RevisionGraph) {
        self.graph = graph
    }

    /// Whether heads and order can be trusted.
    public var isUsable: Bool { graph.isUsable }

    /// What is wrong with the scripts, a line for each; part of a drawing, and beside a picture.
    public func problems(hasColor: Bool) -> [String] {
        TerminalGraph.lines(of: graph.problems, hasColor: hasColor)
    }

    /// The report; the last line is ended.
    ///
    /// - Parameters:
    ///   - around: a revision, as an upgrade's target is named; nil for the whole graph.
    ///   - limit: how many revisions at most.
    /// - Throws: what is wrong with `around`.
    public func text(as form: Form, around: String? = nil, limit: Int? = nil) throws(GraphReportError) -> String {
        var options = GraphDrawing.Options(limit: limit)
        if let around {
            do {
                options = GraphDrawing.Options(around: try graph.revisions(around: around), limit: limit)
            } catch {
                throw GraphReportError(error)
            }
        }
        switch form {
        case .drawing(let width, let hasColor): return drawing(options, width: width, hasColor: hasColor)
        case .json: return String(decoding: JSON(graph).encoded(sorted: false), as: UTF8.self) + "\n"
        case .dot: return GraphPicture(graph, .dot, options, visible: TerminalText.visible).text
        case .mermaid: return GraphPicture(graph, .mermaid, options, visible: TerminalText.visible).text
        }
    }

    private func drawing(_ options: GraphDrawing.Options, width: Int?, hasColor: Bool) -> String {
        var lines = TerminalGraph.lines(of: GraphDrawing(graph, options), width: width, hasColor: hasColor)
        if graph.revisions.isEmpty { lines.append("The project has no revisions.") }
        if !graph.problems.isEmpty { lines += [""] + problems(hasColor: hasColor) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// An empty variable counts as unset.
    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Runner {
    /// The interpreter that a command line names: a path as its user sees it, a name to look for on the search path, or
    /// nothing.
    static func interpreter(named python: String?, folder: String) -> String {
        interpreter(configured: python.map { $0.contains("/") ? TextFile.absolute($0) : $0 }, folder: folder)
    }
}

extension JSON {
    /// The `graph` contract, members in order. Written by hand, since `JSONEncoder` takes several times as long.
    init(_ graph: RevisionGraph) {
        self = [
            "bases": .strings(graph.bases), "branchPoints": .strings(graph.branchPoints),
            "effectiveHeads": .strings(graph.effectiveHeads), "heads": .strings(graph.heads),
            "mergePoints": .strings(graph.mergePoints), "order": .strings(graph.order),
            "problems": .array(graph.problems.map(JSON.init)), "revisions": .array(graph.revisions.map(JSON.init)),
        ]
    }

    private init(_ revision: Revision) {
        self = [
            "dependsOn": .strings(revision.dependsOn), "doc": .string(revision.doc), "down": .strings(revision.down),
            "file": .string(revision.file), "id": .string(revision.id), "labels": .strings(revision.labels),
            "source": .string(revision.source.rawValue),
        ]
    }

    private init(_ problem: GraphProblem) {
        self = [
            "code": .string(problem.code), "file": problem.file.map { .string($0) } ?? .null,
            "line": problem.line.map { .integer(Int64($0)) } ?? .null, "message": .string(problem.message),
        ]
    }

    private static func strings(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}
