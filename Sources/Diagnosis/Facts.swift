public import Revisions
public import Schema

/// Everything that a diagnosis is based on. It contains no secrets.
public struct Facts: Sendable {
    /// The database's name in the agent's settings and for `adminctl --database`.
    public var database: String
    public var reachability: Reachability
    /// Properties of the server; nil when it could not be queried.
    public var server: ServerFacts?
    /// Why the project's files cannot be read; nil when they can.
    public var projectProblem: ProjectProblem?
    /// Problems of running the project's env.py, in the order in which they occurred.
    public var runnerProblems: [ProjectProblem]
    /// The revisions of the project's script folder; nil when the project cannot be read.
    public var graph: RevisionGraph?
    /// Where the project's revision files are looked for, relative to the project; empty when that is not known.
    public var versionFolders: [String] = []
    /// The version table; nil when it could not be read.
    public var versionTable: VersionTableFacts?
    /// The application's tables; nil when the catalog could not be read. Such a database never counts as fresh.
    public var applicationTables: [TableName]?
    /// Those of ``applicationTables`` that this project's migrations or models make; others belong to somebody else. Nil
    /// while that is not known.
    public var projectTables: [TableName]?
    /// Where this project has recorded its revisions before, while the version table that env.py names has no rows.
    public var formerVersionTables: [FormerVersionTable] = []
    /// Whether the migrations are being replayed, so that what they make is not known yet.
    public var isReplaying = false
    /// Why it is not known what the migrations make, a clause each; empty while they are being replayed.
    public var replayProblems: [String] = []
    /// The comparison of models, migrations and the live database.
    public var schema: SchemaFacts
    /// Whether the database has nothing of the schema that the history starts from (`shadow.baseline`).
    public var lacksBaseline = false
    /// How the pending revisions run where the database has something of them already; nil where it has not.
    public var trial: RevisionTrial?
    /// The server's message when a lock kept the definitions from being read.
    public var lockMessage: String?
    /// Why the definitions were not read, when other sessions kept changing the schema.
    public var changeMessage: String?
    /// The role that the agent logs in as; nil when the server could not be queried.
    public var role: RoleFacts?
    /// What that role may change and the pending revisions change; nil for a superuser, and while it is not known.
    public var privileges: PrivilegeFacts?
    /// Transactions of other sessions in this database that have been open for a long time, the oldest first.
    public var transactions: [TransactionFacts] = []
    /// Sessions of other programs that have changed something, or are changing it, and have not committed.
    public var changingSessions: [ChangingSessionFacts] = []
    /// What env.py changed in the shadow before it ran migrations; nil where it changed nothing, or that is not known.
    public var environmentChanges: EnvironmentChanges?
    /// Files that the agent runs and that users other than root and the agent can write.
    public var writableFiles: [WritableFile] = []
    /// Why there is no shadow although the settings do not disable it.
    public var shadowProblem: ShadowProblem?
    /// A replay that took too long; nil when it ended by itself.
    public var replayTimeout: ReplayTimeoutFacts?
    /// The role for want of which a replay stopped, on a shadow in which none can be created.
    public var roleMissingInShadow: MissingRole?
    /// Roles that revisions need and that the server does not have.
    public var missingRoles: [MissingRole] = []
    /// The runner's message when env.py connected to another database than the shadow in a replay.
    public var openedInsteadOfShadow: String?
    /// The results of the probes, in the order of the settings.
    public var probes: [ProbeFacts]

    public init(
        database: String, reachability: Reachability = .reachable, server: ServerFacts? = nil,
        projectProblem: ProjectProblem? = nil, runnerProblems: [ProjectProblem] = [], graph: RevisionGraph? = nil,
        versionTable: VersionTableFacts? = nil, applicationTables: [TableName]? = nil,
        schema: SchemaFacts = .notCompared(because: "the models were not read"), probes: [ProbeFacts] = []
    ) {
        self.database = database
        self.reachability = reachability
        self.server = server
        self.projectProblem = projectProblem
        self.runnerProblems = runnerProblems
        self.graph = graph
        self.versionTable = versionTable
        self.applicationTables = applicationTables
        projectTables = applicationTables
        self.schema = schema
        self.probes = probes
    }
}

/// What env.py changes in a database before it runs migrations.
public struct EnvironmentChanges: Hashable, Sendable {
    /// One clause for each change, for example `creates schema shop`.
    public var changes: [String]
    /// Whether a second run changes something again.
    public var repeats: Bool

    public init(changes: [String], repeats: Bool) {
        self.changes = changes
        self.repeats = repeats
    }
}

/// Whether the database could be read. Messages are the server's or libpq's, without address or password.
public enum Reachability: Hashable, Sendable {
    case reachable
    /// The server does not respond, or the connection was lost.
    case unreachable(message: String)
    /// The server rejected the role or its password (SQLSTATE class 28).
    case authenticationFailed(message: String)
    /// The role lacks a privilege that a diagnosis needs, for example CONNECT (SQLSTATE 42501).
    case denied(message: String)
    /// The server responds, but has no such database (SQLSTATE 3D000).
    case databaseMissing(message: String)
    /// A session holds an ACCESS EXCLUSIVE lock on the version table, so its rows could not be read.
    case locked(message: String)
    /// The server responds, but a statement of the diagnosis failed.
    case failed(message: String)
}

/// Properties of a server.
public struct ServerFacts: Codable, Hashable, Sendable {
    /// The value of `server_version`.
    public var version: String
    /// Whether it is a standby (`pg_is_in_recovery()`).
    public var inRecovery: Bool
    /// Whether every transaction starts read-only (`default_transaction_read_only`).
    public var readOnly: Bool
    /// Whether the connection goes through a pooler: the backend's process id differs from the announced one.
    public var pooled: Bool

    public init(version: String, inRecovery: Bool = false, readOnly: Bool = false, pooled: Bool = false) {
        self.version = version
        self.inRecovery = inRecovery
        self.readOnly = readOnly
        self.pooled = pooled
    }
}

/// A problem of the project itself, reported by the reader of its files, by the runner of env.py, or by the graph.
public struct ProjectProblem: Codable, Hashable, Sendable {
    /// One of the codes in ``FindingCatalog``; any other is reported as `project.invalid`.
    public var code: String
    /// One sentence.
    public var message: String
    /// Relative to the project folder.
    public var file: String?
    /// From 1.
    public var line: Int?
    /// Further facts, for example the last lines of a traceback.
    public var evidence: [String]
    /// Whether the project cannot be used because of it. If not, the finding is a warning instead of an error.
    public var isBlocking: Bool

    public init(
        code: String, message: String, file: String? = nil, line: Int? = nil, evidence: [String] = [],
        isBlocking: Bool = true
    ) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
        self.evidence = evidence
        self.isBlocking = isBlocking
    }
}

/// The result of comparing the live schema, or why it was not compared.
public enum SchemaFacts: Hashable, Sendable {
    /// - Parameter gaps: why not everything was compared; each is a clause without a full stop.
    case compared(SchemaComparison, gaps: [String])
    /// The reason is a clause without a full stop.
    case notCompared(because: String)
}

/// Why there is no shadow, in which the migrations could be replayed.
public struct ShadowProblem: Hashable, Sendable {
    public enum Cause: Hashable, Sendable {
        /// PostgreSQL's server programs are not installed.
        case notInstalled
        /// The shadow runs, but only on a socket, and env.py needs a port.
        case notListening
        case other
    }

    /// A clause without a full stop; further lines are evidence.
    public var reason: String
    public var cause: Cause

    public init(reason: String, cause: Cause = .other) {
        self.reason = reason
        self.cause = cause
    }
}
