/// The parameters of a migration, with the conditions under which it may begin.
public struct MigrationRun: Sendable {
    /// Alembic's targets: revision ids, or one of its symbols.
    public var targets: [String]
    /// The version table's rows now. If there are others, the run stops before anything is changed.
    public var expectedRows: [String]
    /// The revisions that may run, in any order. If Alembic would run others, the run stops before anything is changed.
    public var expectedRevisions: [String]
    /// The version table that env.py must use; nil is not checked.
    public var versionTable: ProjectDescription.VersionTable?
    /// The key of the advisory lock that every session of the run holds in shared mode until it ends.
    public var fence: Int64
    /// How long to wait while another session still holds the fence exclusively.
    public var fenceWait: Duration
    /// In PostgreSQL's format, for example `3s`; `0` is no limit.
    public var lockTimeout: String
    /// In PostgreSQL's format, for example `3s`; `0` is no limit.
    public var statementTimeout: String
    public var applicationName: String
    /// SHA-256 in hexadecimal of each version file, by absolute path. A file that is missing here, or has other bytes
    /// when Python loads it, stops the run before anything is changed. Empty is not checked.
    public var sha256: [String: String]
    /// The longest duration of the run, after which it is ended; nil is no limit.
    public var deadline: TimeLimit?

    public init(
        targets: [String], expectedRows: [String], expectedRevisions: [String],
        versionTable: ProjectDescription.VersionTable? = nil, fence: Int64, fenceWait: Duration = .seconds(10),
        lockTimeout: String = "3s", statementTimeout: String = "0", applicationName: String = "schemad migrate",
        sha256: [String: String] = [:], deadline: TimeLimit? = nil
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

    /// What the run did, as far as the runner could see. Only the version table, read again, is authoritative.
    public struct Outcome: Codable, Hashable, Sendable {
        /// The revisions whose `upgrade()` returned, in the order in which they ran.
        public var applied: [String] = []
        /// Whether statements of a revision were committed before its end, in an `autocommit_block()`, by a COMMIT of its
        /// own, or because env.py uses no transactions: a later failure did not roll everything back.
        public var autocommitted = false
        /// The applied revisions that are committed even if the run failed later. After a run without an error these
        /// are all of them, provided that env.py commits.
        public var committed: [String] = []

        public init() {}
    }
}

/// What a migration reports while it runs.
public enum RunnerEvent: Codable, Hashable, Sendable {
    /// env.py connected, and the connection was proven to be on the configured database.
    case connected(ConnectionReport)
    /// A revision's `upgrade()` begins; `index` counts from 1. `scriptHash` is that of the bytes that were loaded, nil
    /// where the run does not check them.
    case revisionStarted(revision: String, index: Int, total: Int, scriptHash: String? = nil)
    /// `upgrade()` and the change of the version table are done. They are durable only if `committed`: without
    /// `transaction_per_migration` everything since the last commit is committed at the end of the run.
    case revisionApplied(revision: String, durationMs: Int, committed: Bool)
    /// A statement of the revision that is running begins: on one line, shortened and without secrets.
    case statementStarted(revision: String?, statement: String)
    /// That statement has succeeded. `rows` is the number of rows that it changed or returned, where the driver knows it.
    case statementEnded(revision: String?, rows: Int?, durationMs: Int)
    /// An `autocommit_block()` begins, or the revision has committed by itself: everything before is committed. The run
    /// waits until the event is taken.
    case autocommit(revision: String?)
    /// COMMIT is about to be sent for a transaction that has written something; it has changed the rows of these
    /// revisions. The run waits until the event is taken. Only in a migration.
    case committing(transaction: String, revisions: [String])
    /// A revision of a replay switches to another role.
    case roleSwitched(revision: String)
}
