public import Revisions
import Scripts
import Text

/// A script file that was read.
public struct ScriptFile: Hashable, Sendable {
    /// Relative to the project's folder.
    public var path: String
    /// The absolute path without symbolic links.
    public var realPath: String
    /// The hash of the bytes, by the function given to ``ScriptReader/init(hash:)``.
    public var digest: [UInt8]
}

/// A project's scripts at one time.
public struct ScriptReading: Sendable {
    /// The graph; files that could not be read are among its problems.
    public private(set) var graph: RevisionGraph
    /// The scripts that were read, sorted by path.
    public let files: [ScriptFile]
    /// The hash of all paths and digests, and of the headers that Alembic loaded: equal hashes mean equal revisions.
    public private(set) var contentHash: [UInt8]
    /// How many files were opened; the others had not changed since the last call.
    public internal(set) var opened: Int
    /// The scripts whose header only Python can compute, in Alembic's order.
    public let unresolved: [ScriptFile]

    private let scripts: [Script]
    private let problems: [GraphProblem]
    private let hash: @Sendable ([UInt8]) -> [UInt8]

    /// One script with its header. A class, because lists of a thousand are copied at each call.
    final class Script: Sendable {
        let file: ScriptFile
        let header: ScriptHeader

        init(file: ScriptFile, header: ScriptHeader) {
            self.file = file
            self.header = header
        }
    }

    /// - Parameters:
    ///   - scripts: in the order in which Alembic loads them.
    ///   - problems: those of files that are not scripts, or could not be read.
    init(
        _ scripts: [Script], problems: [GraphProblem], opened: Int, hash: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        self.scripts = scripts
        self.problems = problems
        self.opened = opened
        self.hash = hash
        graph = Self.graph(scripts, problems)
        files = scripts.map(\.file).sorted { $0.path.precedesInBytes($1.path) }
        unresolved = scripts.filter(\.header.isUnresolved).map(\.file)
        contentHash = hash(files.reduce(into: []) { $0 += Array($1.path.utf8) + [0] + $1.digest })
    }

    /// The same reading with the headers that Alembic loaded for the unresolved scripts, or with the reason why it
    /// could not load them.
    public func resolved(with loaded: Result<LoadedScripts, AlembicError>) -> ScriptReading {
        var resolved = self
        var content = contentHash
        let scripts = scripts.map { script in
            guard script.header.isUnresolved else { return script }
            var header = script.header
            header.resolve(with: loaded, path: script.file.realPath, file: script.file.path)
            content += header.revision.map(Self.content) ?? []
            return Script(file: script.file, header: header)
        }
        resolved.graph = Self.graph(scripts, problems)
        resolved.contentHash = hash(content)
        return resolved
    }

    private static func content(_ revision: Revision) -> [UInt8] {
        [[revision.file, revision.id], revision.down, revision.dependsOn, revision.labels].reduce(into: []) {
            for name in $1 { $0 += Array(name.utf8) + [0] }
            $0.append(1)
        }
    }

    private static func graph(_ scripts: [Script], _ problems: [GraphProblem]) -> RevisionGraph {
        RevisionGraph(
            revisions: scripts.compactMap(\.header.revision), problems: problems + scripts.compactMap(\.header.problem),
            lines: Dictionary(scripts.map { ($0.file.path, $0.header.lines) }) { $1 })
    }
}

extension ScriptHeader {
    /// The header of a script that exists only as bytecode.
    static func compiled(file: String) -> ScriptHeader {
        ScriptHeader(
            problem: GraphProblem(
                code: GraphProblem.Code.notLiteral,
                message: "Only the bytecode of this script exists: Python must load it to determine its revision.",
                file: file))
    }

    /// Whether only Python can compute the header.
    var isUnresolved: Bool { problem?.code == GraphProblem.Code.notLiteral }

    fileprivate mutating func resolve(
        with loaded: Result<LoadedScripts, AlembicError>, path: String, file: String
    ) {
        switch loaded {
        case .failure(let error):
            problem?.message +=
                " Python could not load it (\(error.code.rawValue)): \(error). Name the project's interpreter (setting "
                + "`python`, option --python), or write a literal."
        case .success(let loaded):
            guard let script = loaded.scripts.first(where: { $0.path == path }) else { return }
            revision = script.header?.revision(file: file)
            problem = script.problem(file: file, line: problem?.line)
        }
    }
}

extension LoadedScripts.Script {
    /// - Parameter line: the line of the computed variable, used when the error came from another file.
    fileprivate func problem(file: String, line: Int?) -> GraphProblem? {
        guard let refusal else { return nil }
        let isOwn = self.file == path
        let place = isOwn ? "" : self.file.map { " (\($0)" + (self.line.map { ":\($0)" } ?? "") + ")" } ?? ""
        return GraphProblem(
            code: GraphProblem.Code.unreadable,
            message:
                "Alembic cannot load this script: \(refusal)\(place). Correct the script, or provide what it needs.",
            file: file, line: isOwn ? self.line : line)
    }
}
