public import Revisions
public import Schema

/// Everything a diagnosis rests on: gathered by the agent, judged here. Nothing in it is a secret.
public struct Facts: Sendable {
    /// The database's name in the agent's settings, which `adminctl --database` takes.
    public var database: String
    public var reachability: Reachability
    /// What the server said of itself; nil while it could not be asked.
    public var server: ServerFacts?
    /// Why the project's files cannot be read; nil when they can.
    public var projectProblem: ProjectProblem?
    /// What running the project's env.py ran into, in the order it happened.
    public var runnerProblems: [ProjectProblem]
    /// The revisions of the project's script folder; nil when the project cannot be read.
    public var graph: RevisionGraph?
    /// The version table as it was read; nil when it could not be looked for.
    public var versionTable: VersionTableFacts?
    /// The tables that hold an application's data; nil when the catalog could not be read, which is never taken for a
    /// fresh database.
    public var applicationTables: [TableName]?
    /// Models, migrations and the live database held against each other.
    public var schema: SchemaFacts
    /// Why the definitions were not read, when somebody's lock is to blame: the server's words.
    public var lockMessage: String?
    /// Why the definitions were not read, when others kept changing the schema meanwhile.
    public var changeMessage: String?
    /// The role that the agent logs in as, and what it finds; nil while the server could not be asked.
    public var role: RoleFacts?
    /// Transactions of others in this database that have been open for long, the oldest first.
    public var transactions: [TransactionFacts] = []
    /// Files that the agent runs and that others than root and the agent may write.
    public var writableFiles: [WritableFile] = []
    /// Why there is no shadow although the settings do not switch it off.
    public var shadowProblem: ShadowProblem?
    /// What env.py opened instead of the shadow in a replay, in the runner's words; nil when it opened the shadow.
    public var openedInsteadOfShadow: String?
    /// The queries of the application that the settings name, in their order.
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
        self.schema = schema
        self.probes = probes
    }
}

/// How far the agent got with the server. Messages are the server's or libpq's own, without address or password.
public enum Reachability: Hashable, Sendable {
    case reachable
    /// Nothing answers, or the link was lost.
    case unreachable(message: String)
    /// The server refused the role or its password (SQLSTATE class 28).
    case authenticationFailed(message: String)
    /// The server knows the role and refuses it what a diagnosis needs, for example CONNECT (SQLSTATE 42501).
    case denied(message: String)
    /// The server answers, and has no such database (SQLSTATE 3D000).
    case databaseMissing(message: String)
    /// Somebody holds the version table ACCESS EXCLUSIVE, so that not even the rows could be read.
    case locked(message: String)
    /// The server answers, and a statement of the diagnosis failed.
    case failed(message: String)
}

/// What a server says of itself.
public struct ServerFacts: Codable, Hashable, Sendable {
    /// As `server_version` gives it.
    public var version: String
    /// Whether it is a standby (`pg_is_in_recovery()`).
    public var inRecovery: Bool
    /// Whether every transaction starts read-only although the server is a primary (`default_transaction_read_only`).
    public var readOnly: Bool
    /// Whether a pooler stands between: the backend's process id differs from the one the protocol announced.
    public var pooled: Bool

    public init(version: String, inRecovery: Bool = false, readOnly: Bool = false, pooled: Bool = false) {
        self.version = version
        self.inRecovery = inRecovery
        self.readOnly = readOnly
        self.pooled = pooled
    }
}

/// Something that is wrong with the project itself, as the reader of its files or the runner of its env.py says.
public struct ProjectProblem: Codable, Hashable, Sendable {
    /// `project.…`, one of the codes in ``FindingCatalog``; any other becomes `project.invalid`.
    public var code: String
    /// One sentence.
    public var message: String
    /// Relative to the project's folder.
    public var file: String?
    /// From 1.
    public var line: Int?
    /// Further facts, for example the last lines of a traceback.
    public var evidence: [String]
    /// Whether the project cannot be used because of it; false makes a warning of what would be an error.
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

/// The version table as a fresh connection saw it.
public struct VersionTableFacts: Hashable, Sendable {
    /// What stands under the version table's name.
    public enum Presence: Hashable, Sendable {
        /// A table, whose rows were read; nil is a NULL row.
        case table(rows: [String?])
        case missing
        /// Something else of that name: `view`, `materialized view`, …
        case other(kind: String)
        /// It exists and the role may not read it.
        case denied(message: String)
    }

    /// The schema it resolved to, or would be created in.
    public var schema: String
    /// `alembic_version` unless env.py says otherwise.
    public var name: String
    public var presence: Presence
    /// The characters that `version_num` holds; nil when it has no limit or is not known.
    public var columnWidth: Int?

    public init(schema: String, name: String = "alembic_version", presence: Presence, columnWidth: Int? = nil) {
        self.schema = schema
        self.name = name
        self.presence = presence
        self.columnWidth = columnWidth
    }
}

/// Whether the live schema was compared, and with what result.
public enum SchemaFacts: Hashable, Sendable {
    /// - Parameter gaps: why not everything was compared; each completes "because …", without a full stop.
    case compared(SchemaComparison, gaps: [String])
    /// One clause that completes "because …", without a full stop.
    case notCompared(because: String)
}

/// Why there is no PostgreSQL in which the migrations could be replayed.
public struct ShadowProblem: Hashable, Sendable {
    /// One clause that completes "because …"; further lines are evidence.
    public var reason: String
    /// Whether it is usual on a host like this: PostgreSQL's server programs are not installed.
    public var isExpected: Bool

    public init(reason: String, isExpected: Bool = false) {
        self.reason = reason
        self.isExpected = isExpected
    }
}
