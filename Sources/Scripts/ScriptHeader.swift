public import Revisions
import Text

/// The header of a revision script, read from its text without running it.
///
/// Only module level counts: `revision`, `down_revision`, `branch_labels`, `depends_on` and the docstring. The last
/// assignment wins, as when Python runs the module. A value that is known only when the script runs is reported as a
/// problem, never guessed.
public struct ScriptHeader: Hashable, Sendable {
    /// The revision; nil when its id is not known. Variables with a computed value are empty.
    public var revision: Revision?
    /// The lines on which the variables are assigned.
    public var lines: HeaderLines
    /// The first problem of the file.
    public var problem: GraphProblem?

    /// Of a script whose text cannot be read.
    public init(problem: GraphProblem) {
        lines = HeaderLines()
        self.problem = problem
    }

    /// Reads a script. Any bytes are accepted; the time is linear in their number.
    ///
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: the path for the revision and for problems; its last component is the file name.
    public init(_ bytes: [UInt8], file: String) {
        lines = HeaderLines()
        let module: ModuleReader
        do throws(ScriptsError) {
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

    private static func module(_ bytes: [UInt8]) throws(ScriptsError) -> ModuleReader {
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

    /// Creates a revision from bindings, by the rules of Alembic's `Script._from_path`.
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
                    "The script does not set down_revision, so Alembic refuses the project. "
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
                note(GraphProblem.Code.unreadable, line: line, "revision is not a string. Set it to the revision's id.")
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
                    "The script does not set revision, so Alembic refuses the project. Set it, or move the file out of the "
                        + "folder.")
            }
            return nil
        }

        /// Nil when the variable is not set or cannot be used; the latter is noted as a problem.
        private mutating func names(_ variable: Variable) -> [String]? {
            switch bindings[variable.rawValue] {
            case nil: return nil
            case .computed(let line)?:
                noteComputed(variable, line: line)
                return nil
            case .literal(let value, let line)?:
                if let names = Self.names(value, of: variable) {
                    // A script of 1 MB can repeat a long text half a million times. Names that are not repeated stay
                    // below this limit, in any encoding.
                    if names.reduce(0, { $0 + $1.utf8.count }) <= max(4096, 2 * size) { return names }
                    note(
                        GraphProblem.Code.unreadable, line: line,
                        "\(variable.name) repeats the same names many times. Write each of them once.")
                    return nil
                }
                // Alembic accepts some other values, such as a dictionary's keys or nested tuples.
                note(
                    GraphProblem.Code.notLiteral, line: line,
                    "\(variable.name) is not None, a string or a sequence of strings; how Alembic reads it is known "
                        + "only when the script runs.")
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
                // A set has each name once; a parent that is named twice would look like a merge point.
                return kind == .set ? names.uniqueSortedByBytes() : names
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
                "\(variable.name) is not a literal; its value is known only when the script runs.")
        }

        private mutating func note(_ code: String, line: Int?, _ message: String) {
            if problem == nil { problem = GraphProblem(code: code, message: message, file: file, line: line) }
        }
    }
}
