public import Schema

/// What a do-nothing run of a project's env.py says about the project; worth keeping while none of `files` changes.
public struct Description: Codable, Hashable, Sendable {
    public struct VersionTable: Codable, Hashable, Sendable {
        public var name: String
        /// As given to `context.configure()`; nil leaves it to the session's search_path.
        public var schema: String?
        /// Where that session finds the table or, while there is none, would create it.
        public var resolvedSchema: String

        public init(name: String = "alembic_version", schema: String? = nil, resolvedSchema: String) {
            self.name = name
            self.schema = schema
            self.resolvedSchema = resolvedSchema
        }
    }

    public var pythonVersion: String
    public var alembicVersion: String
    public var sqlalchemyVersion: String
    public var versionTable: VersionTable
    /// nil when env.py hands over no `target_metadata`: then nothing can be compared with the database.
    public var models: ModelSchema?
    /// The role in effect after everything that env.py did to the session.
    public var currentUser: String
    /// The setting as written, for example `"$user", public`.
    public var searchPath: String
    public var transactionPerMigration: Bool
    public var compareType: Bool
    public var compareServerDefault: Bool
    /// Absolute paths of what the answer depends on, sorted: the project's sources and settings, including files that
    /// were looked for and are not there, and the install records of all packages.
    public var files: [String]
    /// Absolute paths of the project's folders that were listed, sorted: a new module in one of them may change the
    /// answer.
    public var folders: [String]
}
