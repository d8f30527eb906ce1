import Alembic

/// What a run of the project's Python said, with what it depends on.
protocol PythonAnswer: Codable, Sendable {
    /// Absolute paths; those that were looked for and are not there included.
    var files: [String] { get }
    /// Absolute paths of folders whose lists of names count.
    var folders: [String] { get }
}

extension Description: PythonAnswer {}
extension ScriptAnswers: PythonAnswer {}
