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
        var module = ModuleReader(watching: Variable.allCases.map(\.rawValue))
        do throws(PythonFault) {
            try module.read(try PythonSource(bytes))
        } catch {
            problem = GraphProblem(
                code: GraphProblem.Code.unreadable,
                message:
                    "Python cannot read this script: \(error.message) (line \(error.line)). "
                    + "Correct or remove the file.",
                file: file, line: error.line)
            return
        }
        var reading = HeaderReading(module: module, file: file)
        revision = reading.revision()
        lines = reading.lines
        problem = reading.problem
    }

    private enum Variable: String, CaseIterable {
        case revision
        case down = "down_revision"
        case labels = "branch_labels"
        case dependsOn = "depends_on"
    }

    /// From bindings to a revision, by the rules of Alembic's `Script._from_path`.
    private struct HeaderReading {
        let module: ModuleReader
        let file: String
        var lines = HeaderLines()
        var problem: GraphProblem?

        mutating func revision() -> Revision? {
            guard let id = id() else { return nil }
            var revision = Revision(id: id, file: file, doc: firstDocumentationLine)
            if let down = names(.down, line: \.down) {
                revision.down = down
            } else if problem == nil {
                note(
                    GraphProblem.Code.unreadable, line: lines.revision,
                    "The script sets no down_revision, and Alembic refuses the project. "
                        + "Set it to the parent's id, or to None."
                )
            }
            revision.labels = names(.labels, line: \.labels) ?? []
            revision.dependsOn = names(.dependsOn, line: \.dependsOn) ?? []
            return revision
        }

        /// A module without `revision` takes its id from a file name of hexadecimal digits (`[a-f0-9]+\.py`).
        private mutating func id() -> String? {
            switch module.bindings[Variable.revision.rawValue] {
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
        private mutating func names(_ variable: Variable, line path: WritableKeyPath<HeaderLines, Int?>) -> [String]? {
            switch module.bindings[variable.rawValue] {
            case nil: return nil
            case .computed(let line)?:
                lines[keyPath: path] = line
                noteComputed(variable, line: line)
                return nil
            case .literal(let value, let line)?:
                lines[keyPath: path] = line
                if let names = Self.names(value, of: variable) { return names }
                // Alembic makes something of a dictionary's keys, or of one tuple in another: it has to be asked.
                note(
                    GraphProblem.Code.notLiteral, line: line,
                    "\(variable.rawValue) is neither None nor a string nor a sequence of strings: only running the "
                        + "script tells what Alembic makes of it.")
                return nil
            }
        }

        private static func names(_ value: LiteralValue, of variable: Variable) -> [String]? {
            switch value {
            case .none: return []
            // Alembic takes an empty depends_on for none; an empty down_revision is a name that nobody has.
            case .text(let name): return variable == .dependsOn && name.isEmpty ? [] : [name]
            case .sequence([.none], _) where variable != .labels: return []
            case .sequence(let items, _):
                var names: [String] = []
                for item in items {
                    guard case .text(let name) = item else { return nil }
                    names.append(name)
                }
                return names
            case .other: return nil
            }
        }

        private var firstDocumentationLine: String {
            let text = (module.documentation ?? "").trimmedOfWhitespace
            return String(text.unicodeScalars.prefix { $0 != "\n" }).trimmedOfWhitespace
        }

        private mutating func noteComputed(_ variable: Variable, line: Int) {
            note(
                GraphProblem.Code.notLiteral, line: line,
                "\(variable.rawValue) is not a literal: only running the script tells its value.")
        }

        private mutating func note(_ code: String, line: Int?, _ message: String) {
            if problem == nil { problem = GraphProblem(code: code, message: message, file: file, line: line) }
        }
    }
}
