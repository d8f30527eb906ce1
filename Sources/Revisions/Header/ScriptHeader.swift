/// What the text of a revision script tells about its revision.
///
/// Only module level counts: `revision`, `down_revision`, `branch_labels`, `depends_on` and the docstring, with the
/// last assignment winning, as when Python runs the module. What only running can tell becomes a problem, never a
/// guess.
public struct ScriptHeader: Hashable, Sendable {
    /// What was read; nil when not even an id is known. With a problem, computed variables are empty in it.
    public var revision: Revision?
    /// Where the variables are assigned.
    public var lines: HeaderLines
    /// What is wrong with the file: the first thing found.
    public var problem: GraphProblem?

    /// Of a script whose text is not there to read.
    public init(problem: GraphProblem) {
        lines = HeaderLines()
        self.problem = problem
    }

    /// Reads a script. Any bytes are accepted, and time is linear in their number.
    ///
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: its path for the revision and for problems; the last part is the file name.
    public init(_ bytes: [UInt8], file: String) {
        lines = HeaderLines()
        let module: ModuleReader
        do throws(PythonFault) {
            module = try Self.module(bytes)
        } catch {
            problem = GraphProblem(
                code: GraphProblem.Code.unreadable,
                message:
                    "Python cannot read this script: \(error.message) (line \(error.line)). "
                    + "Correct or remove the file.",
                file: file, line: error.line)
            return
        }
        var reading = HeaderReading(
            bindings: module.variables.watchedBindings, documentation: module.documentation, file: file,
            size: bytes.count)
        revision = reading.revision()
        lines = reading.lines
        problem = reading.problem
    }

    private static func module(_ bytes: [UInt8]) throws(PythonFault) -> ModuleReader {
        var module = ModuleReader(try PythonSource(bytes), watching: Variable.words)
        try module.read()
        return module
    }

    private enum Variable: Int {
        case revision, down, labels, dependsOn

        static let words: [PythonWord] = ["revision", "down_revision", "branch_labels", "depends_on"]

        var name: String {
            switch self {
            case .revision: "revision"
            case .down: "down_revision"
            case .labels: "branch_labels"
            case .dependsOn: "depends_on"
            }
        }
    }

    /// From bindings to a revision, by the rules of Alembic's `Script._from_path`.
    private struct HeaderReading {
        let bindings: [ModuleReader.Binding?]
        let documentation: String?
        let file: String
        /// The script's length in bytes.
        let size: Int
        var lines = HeaderLines()
        var problem: GraphProblem?

        mutating func revision() -> Revision? {
            guard let id = id() else { return nil }
            var revision = Revision(id: id, file: file, doc: firstDocumentationLine)
            lines.down = bindings[Variable.down.rawValue]?.line
            lines.labels = bindings[Variable.labels.rawValue]?.line
            lines.dependsOn = bindings[Variable.dependsOn.rawValue]?.line
            if let down = names(.down) {
                revision.down = down
            } else if problem == nil {
                note(
                    GraphProblem.Code.unreadable, line: lines.revision,
                    "The script sets no down_revision, and Alembic refuses the project. "
                        + "Set it to the parent's id, or to None."
                )
            }
            revision.labels = names(.labels) ?? []
            revision.dependsOn = names(.dependsOn) ?? []
            return revision
        }

        /// A module without `revision` takes its id from a file name of hexadecimal digits (`[a-f0-9]+\.py`).
        private mutating func id() -> String? {
            switch bindings[Variable.revision.rawValue] {
            case .literal(.text(let id), let line)?:
                lines.revision = line
                return id
            case .literal(_, let line)?:
                note(GraphProblem.Code.unreadable, line: line, "revision is no string. Set it to the revision's id.")
            case .computed(let line)?:
                noteComputed(.revision, line: line)
            case nil:
                let name = String(file[(file.lastIndex(of: "/").map(file.index(after:)) ?? file.startIndex)...])
                let stem = name.utf8.dropLast(3)
                let isHexadecimal = stem.allSatisfy {
                    $0.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
                }
                if name.hasSuffix(".py"), !stem.isEmpty, isHexadecimal { return String(name.dropLast(3)) }
                note(
                    GraphProblem.Code.unreadable, line: nil,
                    "The script sets no revision, and Alembic refuses the project. Set it, or move the file elsewhere.")
            }
            return nil
        }

        /// Nil when the variable is not set, or cannot be used; then there is a problem.
        private mutating func names(_ variable: Variable) -> [String]? {
            switch bindings[variable.rawValue] {
            case nil: return nil
            case .computed(let line)?:
                noteComputed(variable, line: line)
                return nil
            case .literal(let value, let line)?:
                if let names = Self.names(value, of: variable) {
                    // A script of a megabyte can name a text of its own half a million times. One that does not
                    // repeat itself stays below, in any encoding.
                    if names.reduce(0, { $0 + $1.utf8.count }) <= max(4096, 2 * size) { return names }
                    note(
                        GraphProblem.Code.unreadable, line: line,
                        "\(variable.name) repeats its names over and over. Write each of them once.")
                    return nil
                }
                // Alembic makes something of a dictionary's keys, or of one tuple in another: it has to be asked.
                note(
                    GraphProblem.Code.notLiteral, line: line,
                    "\(variable.name) is neither None nor a string nor a sequence of strings: only running the "
                        + "script tells what Alembic makes of it.")
                return nil
            }
        }

        private static func names(_ value: LiteralValue, of variable: Variable) -> [String]? {
            switch value {
            case .none: return []
            case .text(let name): return [name]
            case .sequence([.none], _, _) where variable != .labels: return []
            case .sequence(let items, _, let kind):
                var names: [String] = []
                for item in items {
                    guard case .text(let name) = item else { return nil }
                    names.append(name)
                }
                // A set has each name once; a parent that is named twice would make a merge point.
                return kind == .set ? names.sortedNames() : names
            case .other: return nil
            }
        }

        private var firstDocumentationLine: String {
            let text = (documentation ?? "").trimmedOfWhitespace
            let end = text.utf8.firstIndex(of: Byte.newline) ?? text.endIndex
            return String(text[..<end]).trimmedOfWhitespace
        }

        private mutating func noteComputed(_ variable: Variable, line: Int) {
            note(
                GraphProblem.Code.notLiteral, line: line,
                "\(variable.name) is not a literal: only running the script tells its value.")
        }

        private mutating func note(_ code: String, line: Int?, _ message: String) {
            if problem == nil { problem = GraphProblem(code: code, message: message, file: file, line: line) }
        }
    }
}
