import Alembic
import Files
import FoundationEssentials
import Revisions
import Terminal
import Text
import Wire

/// `schemad graph`: a project's revisions, read without a database, and without Python unless a script computes its
/// header.
public struct GraphReport: Sendable {
    /// The form of the output.
    public enum Form: Hashable, Sendable {
        /// For people; problems follow the drawing. `width` nil allows lines of any length.
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
    ///   - config: the configuration file, relative to the project; nil means `ALEMBIC_CONFIG`, or else `alembic.ini`.
    ///   - python: the project's interpreter, relative to the working directory; nil looks for one. Its installed
    ///     packages are searched, and it is started for scripts that only Python can read.
    /// - Throws: when the configuration cannot be used. Problems of scripts are part of the report.
    public init(
        project: String, config: String?, section: String, python: String?
    ) async throws(OfflineError) {
        let folder = FileSystem.absolute(project)
        var runner = Runner(
            python: PythonInterpreter.path(argument: python, folder: folder), folder: folder,
            config: config ?? Self.variable("ALEMBIC_CONFIG") ?? "alembic.ini", section: section)
        runner.inheritsEnvironment = true
        let configuration: ProjectConfiguration
        do {
            configuration = try await ProjectConfiguration.read(for: runner) { [runner] names, prependSysPath in
                await runner.located(names, prependSysPath: prependSysPath)
            }
        } catch {
            throw OfflineError(error)
        }
        // The scripts are read once, so their contents need no digest.
        var scripts = ScriptReader(hash: { _ in [] })
        var reading = scripts.read(configuration)
        if !reading.unresolved.isEmpty {
            do throws(AlembicError) {
                reading = reading.resolved(with: .success(try await runner.load(reading.unresolved)))
            } catch {
                reading = reading.resolved(with: .failure(error))
            }
        }
        graph = reading.graph
    }

    init(_ graph: RevisionGraph) {
        self.graph = graph
    }

    /// Whether heads and order can be trusted.
    public var isUsable: Bool { graph.isUsable }

    /// The problems of the scripts, one per line; a drawing includes them, a picture does not.
    public func problems(hasColor: Bool) -> [String] {
        TerminalGraph.lines(of: graph.problems, hasColor: hasColor)
    }

    /// The report, which ends with a line end.
    ///
    /// - Parameters:
    ///   - around: a revision, named like the target of an upgrade; nil for the whole graph.
    ///   - limit: the largest number of revisions; nil for all.
    /// - Throws: when `around` names no revision.
    public func text(as form: Form, around: String? = nil, limit: Int? = nil) throws(OfflineError) -> String {
        var options = GraphDrawing.Options(limit: limit)
        if let around {
            do {
                options = GraphDrawing.Options(around: try graph.revisions(around: around), limit: limit)
            } catch {
                throw OfflineError(around: error)
            }
        }
        switch form {
        case .drawing(let width, let hasColor): return drawing(options, width: width, hasColor: hasColor)
        case .json: return String(decoding: JSON(graph).encoded(sorted: false), as: UTF8.self) + "\n"
        case .dot: return GraphPicture(graph, .dot, options, visible: SafeText.visible).text
        case .mermaid: return GraphPicture(graph, .mermaid, options, visible: SafeText.visible).text
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
