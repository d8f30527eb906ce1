/// What a migration shall do, and what must hold for it to begin.
public struct MigrationRun: Sendable {
    /// What Alembic is asked for: revision ids, or one of its symbols.
    public var targets: [String]
    /// The version table's rows now; others stop the run before anything happens.
    public var expectedRows: [String]
    /// The revisions that may run, in any order; if Alembic would run others, the run stops before anything happens.
    public var expectedRevisions: [String]
    /// Where env.py must find the version table; nil is not checked.
    public var versionTable: Description.VersionTable?
    /// The advisory lock that every session of the run holds in shared mode until it ends.
    public var fence: Int64
    /// How long to wait while another session still holds the fence exclusively.
    public var fenceWait: Duration
    /// PostgreSQL's spelling, for example `3s`; `0` is no limit.
    public var lockTimeout: String
    public var statementTimeout: String
    public var applicationName: String
    /// SHA-256 in hexadecimal of each version file, by absolute path. A file that is not among them, or holds other
    /// bytes when Python loads it, stops the run before anything happens. Empty is not checked.
    public var sha256: [String: String]
    /// Ends the run when it takes longer; nil is no limit.
    public var deadline: Duration?

    public init(
        targets: [String], expectedRows: [String], expectedRevisions: [String],
        versionTable: Description.VersionTable? = nil, fence: Int64, fenceWait: Duration = .seconds(10),
        lockTimeout: String = "3s", statementTimeout: String = "0", applicationName: String = "schemad migrate",
        sha256: [String: String] = [:], deadline: Duration? = nil
    ) {
        self.targets = targets
        self.expectedRows = expectedRows
        self.expectedRevisions = expectedRevisions
        self.versionTable = versionTable
        self.fence = fence
        self.fenceWait = fenceWait
        self.lockTimeout = lockTimeout
        self.statementTimeout = statementTimeout
        self.applicationName = applicationName
        self.sha256 = sha256
        self.deadline = deadline
    }

    /// What the run did as far as the runner could see; the version table, read again, has the last word.
    public struct Outcome: Codable, Hashable, Sendable {
        /// In the order in which they ran.
        public var applied: [String] = []
        /// An `autocommit_block()` has begun at some point: a failure afterwards was not a rollback.
        public var autocommitted = false
        /// Those of them that are committed even if the run failed later; after a run without error all of them, as far
        /// as env.py goes.
        public var committed: [String] = []

        public init() {}
    }
}
