import Revisions

/// The headers of scripts that Alembic has loaded, because their text does not show which revision they are. They can
/// be cached while none of `files` and `folders` changes.
public struct LoadedScripts: RunnerResult, Hashable {
    /// One script: a header, or the reason why there is none.
    public struct Script: Codable, Hashable, Sendable {
        /// The absolute path without symbolic links.
        public var path: String
        public var header: Header?
        /// The Python error with which Alembic refuses the script; nil beside a header.
        public var refusal: String?
        /// The project's file that the error came from; it may be one that the script imports.
        public var file: String?
        public var line: Int?
    }

    /// The variables of a loaded script, with strings and None converted to lists as Alembic does it.
    public struct Header: Codable, Hashable, Sendable {
        public var id: String
        public var down: [String]
        public var labels: [String]
        public var dependsOn: [String]
        /// The first line of the docstring.
        public var doc: String

        /// - Parameter file: the script's path, relative to the project's folder.
        func revision(file: String) -> Revision {
            Revision(
                id: id, down: down, dependsOn: dependsOn, labels: labels, file: file, doc: doc, source: .alembic)
        }
    }

    /// One for each script that was requested.
    public var scripts: [Script]
    /// Absolute paths, as in ``ProjectDescription/files``.
    public var files: [String]
    /// Absolute paths of the project's folders that were listed.
    public var folders: [String]

    /// Whether each of the files is among the scripts.
    public func covers(_ files: [ScriptFile]) -> Bool {
        Set(files.map(\.realPath)).isSubset(of: scripts.map(\.path))
    }
}
