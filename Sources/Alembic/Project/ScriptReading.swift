public import Revisions

/// A script whose bytes were read.
public struct ScriptFile: Hashable, Sendable {
    /// As seen from the project's folder.
    public var path: String
    /// The absolute path without symbolic links.
    public var realPath: String
    /// The hash of the bytes, by the function that was handed in.
    public var digest: [UInt8]
}

/// One look at a project's scripts.
public struct ScriptReading: Sendable {
    /// The graph; files that could not be read are among its problems.
    public private(set) var graph: RevisionGraph
    /// The scripts that were read, sorted by path.
    public let files: [ScriptFile]
    /// The hash over all paths and digests, and over what Alembic answered: two equal ones mean the same revisions.
    public private(set) var contentHash: [UInt8]
    /// How many files were opened; the others were as before.
    public internal(set) var opened: Int
    /// The scripts of which only loading them tells which revision they are, in the order of Alembic.
    public let unsettled: [ScriptFile]

    private let scripts: [Script]
    private let problems: [GraphProblem]
    private let hash: @Sendable ([UInt8]) -> [UInt8]

    /// One script and what its text tells. An object, since lists of a thousand are copied at each look.
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
    ///   - problems: of files that are no script, or could not be read.
    init(
        _ scripts: [Script], problems: [GraphProblem], opened: Int, hash: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        self.scripts = scripts
        self.problems = problems
        self.opened = opened
        self.hash = hash
        graph = Self.graph(scripts, problems)
        files = scripts.map(\.file).sorted { $0.path.precedesInBytes($1.path) }
        unsettled = scripts.filter(\.header.isUnsettled).map(\.file)
        contentHash = hash(files.reduce(into: []) { $0 += Array($1.path.utf8) + [0] + $1.digest })
    }

    /// The same with what Alembic said of the unsettled scripts, or with the reason why it could not be asked.
    public func settled(by answers: Result<ScriptAnswers, RunnerError>) -> ScriptReading {
        var settled = self
        var content = contentHash
        let scripts = scripts.map { script in
            guard script.header.isUnsettled else { return script }
            var header = script.header
            header.settle(answers, path: script.file.realPath, file: script.file.path)
            content += header.revision.map(Self.content) ?? []
            return Script(file: script.file, header: header)
        }
        settled.graph = Self.graph(scripts, problems)
        settled.contentHash = hash(content)
        return settled
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
    /// Of a script that is there as bytecode only.
    static func compiled(file: String) -> ScriptHeader {
        ScriptHeader(
            problem: GraphProblem(
                code: GraphProblem.Code.notLiteral,
                message: "Only bytecode is there: only loading it tells which revision it is.", file: file))
    }

    /// Whether only loading the script tells which revision it is.
    var isUnsettled: Bool { problem?.code == GraphProblem.Code.notLiteral }

    fileprivate mutating func settle(_ answers: Result<ScriptAnswers, RunnerError>, path: String, file: String) {
        switch answers {
        case .failure(let error):
            problem?.message +=
                " Alembic could not be asked (\(error.code.rawValue)): \(error). Name the project's interpreter, or write "
                + "a literal."
        case .success(let answers):
            guard let answer = answers.scripts.first(where: { $0.path == path }) else { return }
            revision = answer.header?.revision(file: file)
            problem = answer.problem(file: file, line: problem?.line)
        }
    }
}

extension ScriptAnswers.Script {
    /// - Parameter line: of the computed variable; it counts when the error came from another file.
    fileprivate func problem(file: String, line: Int?) -> GraphProblem? {
        guard let refusal else { return nil }
        let isOwn = self.file == path
        let place = isOwn ? "" : self.file.map { " (\($0)" + (self.line.map { ":\($0)" } ?? "") + ")" } ?? ""
        return GraphProblem(
            code: GraphProblem.Code.unreadable,
            message: "Alembic cannot load this script: \(refusal)\(place). Correct it, or give it what it asks for.",
            file: file, line: isOwn ? self.line : line)
    }
}
