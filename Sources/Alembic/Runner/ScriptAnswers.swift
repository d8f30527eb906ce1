import Revisions

/// What Alembic made of scripts whose text does not tell which revision they are; worth keeping while none of `files`
/// and `folders` changes.
public struct ScriptAnswers: Codable, Hashable, Sendable {
    /// What Alembic made of one script.
    public struct Script: Codable, Hashable, Sendable {
        /// The absolute path without symbolic links.
        public var path: String
        /// What the loaded script says of itself.
        public var header: Header?
        /// Why Alembic refuses the script, as Python words it; nil beside a header.
        public var refusal: String?
        /// Where that happened, when a line of the project led to it; possibly in a file that the script imports.
        public var file: String?
        public var line: Int?
    }

    /// The variables of a loaded script, with strings and None brought to lists as Alembic does it.
    public struct Header: Codable, Hashable, Sendable {
        public var id: String
        public var down: [String]
        public var labels: [String]
        public var dependsOn: [String]
        /// The first line of the docstring.
        public var doc: String

        /// - Parameter file: the script as seen from the project's folder.
        func revision(file: String) -> Revision {
            Revision(
                id: id, down: down, dependsOn: dependsOn, labels: labels, file: file, doc: doc, source: .alembic)
        }
    }

    /// One for each script that was asked about.
    public var scripts: [Script]
    /// Absolute paths of what the answers depend on, as in ``Description/files``.
    public var files: [String]
    /// Absolute paths of the project's folders that were listed.
    public var folders: [String]

    /// Whether there is an answer about each of the files.
    public func covers(_ files: [ScriptFile]) -> Bool {
        Set(files.map(\.realPath)).isSubset(of: scripts.map(\.path))
    }
}

extension Runner {
    /// Has Alembic load scripts, as `alembic heads` would, in one process for all of them. No connection to a database
    /// gets through.
    ///
    /// - Throws: why none could be asked. A script that raises is an answer, and no error.
    public func load(
        _ scripts: [ScriptFile], deadline: Duration = .seconds(60)
    ) async throws(RunnerError) -> ScriptAnswers {
        var configuration = RunnerConfiguration(self, mode: "load", fence: 0)
        configuration.scripts = scripts.map(\.realPath)
        let conversation = try await converse(configuration, deadline: deadline, prove: { _ in false })
        guard let answers = conversation.answers else {
            throw conversation.lost("the runner finished without an answer about the scripts")
        }
        return answers
    }
}
