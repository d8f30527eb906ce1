/// Why a run of the project's Python did not give an answer. All texts are redacted and may be shown.
public struct RunnerError: Error, Hashable, Sendable {
    public enum Code: String, Codable, Hashable, Sendable {
        /// The Python interpreter cannot be started.
        case interpreterMissing = "project.interpreterMissing"
        /// The project's folder is not there or not accessible.
        case folderMissing = "project.folderMissing"
        /// Alembic cannot be imported by that interpreter, or is older than 1.8.
        case alembicMissing = "project.alembicMissing"
        /// The database driver that env.py's URL asks for is not installed.
        case driverMissing = "project.driverMissing"
        /// env.py, or something that it imports, raised, ended the process, or never ran the migrations.
        case environmentFailed = "project.environmentFailed"
        /// env.py configures a URL and no connection.
        case offlineOnly = "project.offlineOnly"
        /// env.py runs migrations more than once, for several databases or schemas.
        case severalRuns = "project.severalRuns"
        /// env.py could not connect to the database that it chose.
        case cannotConnect = "project.cannotConnect"
        /// env.py opened something else than the configured database; nothing was run there.
        case wrongDatabase = "project.wrongDatabase"
        /// env.py tried to write during a read; the server refused.
        case writesDuringRead = "project.writesDuringRead"
        /// A version file is not the one that was read before the run.
        case changedWhileRunning = "project.changedWhileRunning"
        /// Alembic would run other revisions than expected.
        case graphDisagrees = "project.graphDisagrees"
        /// Rows or place of the version table are not the expected ones.
        case precondition
        /// Another migration session still holds the fence.
        case fenceHeld
        /// A connection pooler is between env.py and the database.
        case pooler = "server.pooler"
        /// The agent could not check which database env.py opened.
        case unproven
        /// A revision failed, or the commit after the last one.
        case migrationFailed
        case deadlineExceeded
        case cancelled
        /// The process ended without a last word.
        case runnerLost
    }

    public var code: Code
    public var message: String
    /// Absolute path of the project's file that led to it, with a line counted from 1.
    public var file: String?
    public var line: Int?
    public var sqlstate: String?
    /// At most 2,000 characters, without parameters.
    public var statement: String?
    /// The revision that was running.
    public var revision: String?
    /// What env.py opened, when it came to that.
    public var connection: ConnectionReport?
    /// What a migration had done before.
    public var outcome: MigrationRun.Outcome
    /// The end of what the process wrote on standard output and standard error.
    public var outputTail: String

    public init(
        _ code: Code, _ message: String, file: String? = nil, line: Int? = nil, sqlstate: String? = nil,
        statement: String? = nil, revision: String? = nil, connection: ConnectionReport? = nil,
        outcome: MigrationRun.Outcome = MigrationRun.Outcome(), outputTail: String = ""
    ) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
        self.sqlstate = sqlstate
        self.statement = statement
        self.revision = revision
        self.connection = connection
        self.outcome = outcome
        self.outputTail = outputTail
    }
}

extension RunnerError: CustomStringConvertible {
    /// One line: where, what, and the server's code.
    public var description: String {
        var text = ""
        if let revision { text += "revision \(revision): " }
        text += message
        if let sqlstate { text += " [\(sqlstate)]" }
        if let file { text += " (\(file)" + (line.map { ":\($0)" } ?? "") + ")" }
        return text
    }
}
