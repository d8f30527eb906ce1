public import Schema

/// What a run of a project's env.py without migrating says about the project. It can be cached while none of `files`
/// and `folders` changes.
public struct ProjectDescription: RunnerResult, Hashable {
    public struct VersionTable: Codable, Hashable, Sendable {
        public var name: String
        /// As given to `context.configure()`; nil leaves it to the session's search_path.
        public var schema: String?
        /// The schema in which that session finds the table or, if it does not exist, would create it.
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
    /// The number of characters of `version_num` in a version table that Alembic creates; nil is no limit.
    public var versionColumnWidth: Int?
    /// nil when env.py sets no `target_metadata`: then there are no models to compare with the database.
    public var models: ModelSchema?
    /// The role in effect after everything that env.py did to the session.
    public var currentUser: String
    /// The setting as written, for example `"$user", public`.
    public var searchPath: String
    /// The existing schemas of that path, in its order.
    public var visibleSchemas: [String]
    public var transactionPerMigration: Bool
    public var compareType: Bool
    public var compareServerDefault: Bool
    /// Absolute paths, sorted: the project's sources and settings, including files that were looked up and do not
    /// exist, and the install records of all packages.
    public var files: [String]
    /// Absolute paths, sorted: the project's folders that were listed. A new module in one of them may change the
    /// description.
    public var folders: [String]
    /// What the run noticed; nil is nothing.
    public var warnings: [RunnerWarning]?
    /// What env.py changes in a database before it runs migrations; nil where that was not observed.
    public var effects: Effects?

    /// What env.py changes in a database before it runs migrations, observed in a shadow.
    public struct Effects: Codable, Hashable, Sendable {
        /// One clause for each change, for example `creates schema shop`.
        public var changes: [String]
        /// Whether a second run changes something again.
        public var repeats: Bool
        /// The number of characters of `version_num` afterwards, where the version table exists; 0 is no limit.
        public var versionColumnWidth: Int?

        public init(changes: [String] = [], repeats: Bool = false, versionColumnWidth: Int? = nil) {
            self.changes = changes
            self.repeats = repeats
            self.versionColumnWidth = versionColumnWidth
        }
    }
}
