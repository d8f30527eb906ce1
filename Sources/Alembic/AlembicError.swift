/// Why an Alembic project cannot be read, or why a run of its Python code failed. All texts are redacted and may be
/// shown to users.
public struct AlembicError: Error, Hashable, Sendable {
    public enum Code: String, Codable, Hashable, Sendable {
        /// The project's folder, its configuration or its script folder does not exist.
        case projectMissing = "project.missing"
        /// The configuration has a value that Alembic refuses, or one that needs Python to be understood.
        case configurationInvalid = "project.invalid"
        /// The Python interpreter cannot be started.
        case interpreterMissing = "project.interpreterMissing"
        /// The runner cannot enter the project's folder.
        case folderMissing = "project.folderMissing"
        /// The interpreter cannot import Alembic or SQLAlchemy.
        case alembicMissing = "project.alembicMissing"
        /// Python, Alembic or SQLAlchemy is older than the runner needs.
        case versionTooOld = "project.versionTooOld"
        /// The interpreter cannot start because of a `.pth` file.
        case pathFileFailed = "project.pathFileFailed"
        /// env.py, or an application that it imports, starts a migration in another process.
        case migratesItself = "project.migratesItself"
        /// The database driver that env.py's URL needs is not installed.
        case driverMissing = "project.driverMissing"
        /// env.py, or a module that it imports, raised an error, ended the process, or never ran the migrations.
        case environmentFailed = "project.environmentFailed"
        /// env.py did not end in time, and was stopped.
        case environmentTimeout = "project.environmentTimeout"
        /// env.py is still running.
        case environmentRunning = "project.environmentRunning"
        /// env.py configures a URL and no connection.
        case offlineOnly = "project.offlineOnly"
        /// env.py runs migrations more than once, for several databases or schemas.
        case severalRuns = "project.severalRuns"
        /// env.py could not connect to the database that it chose.
        case cannotConnect = "project.cannotConnect"
        /// env.py connected to another database than the configured one; no migration ran there.
        case wrongDatabase = "project.wrongDatabase"
        /// env.py tried to write during a read; the server refused.
        case writesDuringRead = "project.writesDuringRead"
        /// No schema of the session's `search_path` exists.
        case schemaMissing = "project.schemaMissing"
        /// A version file differs from the one that was read before the run.
        case changedWhileRunning = "project.changedWhileRunning"
        /// Alembic would run other revisions than expected.
        case graphDisagrees = "project.graphDisagrees"
        /// The rows or the name of the version table are not the expected ones.
        case precondition
        /// Another migration session still holds the fence.
        case fenceHeld
        /// A connection pooler is between env.py and the database.
        case pooler = "server.pooler"
        /// The check which database env.py connected to could not be made.
        case unproven
        /// A revision failed, or the commit after the last one.
        case migrationFailed
        case deadlineExceeded
        case cancelled
        /// The Python process ended without a result, or sent something unreadable.
        case runnerLost
    }

    public var code: Code
    /// What is wrong and, when it is clear, what to do.
    public var message: String
    /// Absolute path of the project's file that the error came from.
    public var file: String?
    /// The line in that file, counted from 1.
    public var line: Int?
    /// The setting in that file; only for errors of the configuration.
    public var key: String?
    /// The revision that was running.
    public var revision: String?
    public var sqlstate: String?
    /// At most 2,000 characters, without parameters.
    public var statement: String?
    /// The connection that env.py opened, if it opened one.
    public var connection: ConnectionReport?
    /// What a migration had done before the error.
    public var outcome: MigrationRun.Outcome
    /// The end of what the process wrote to standard output and standard error, at most 16 KiB.
    public var outputTail: String
    /// Where a run was when it was stopped, as `file:line in function`, the innermost first; empty for other errors.
    public var stack: [String] = []
    /// Whether COMMIT failed: when the connection was lost, it may have been executed nevertheless.
    public var isDuringCommit = false
    /// What the run noticed before the error.
    public var warnings: [RunnerWarning] = []
    /// The package that no searched folder contains; only for errors of the configuration.
    var missingPackage: PackageSearch.Missing?

    public init(
        _ code: Code, _ message: String, file: String? = nil, line: Int? = nil, key: String? = nil,
        revision: String? = nil, sqlstate: String? = nil, statement: String? = nil,
        connection: ConnectionReport? = nil, outcome: MigrationRun.Outcome = MigrationRun.Outcome(),
        outputTail: String = ""
    ) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
        self.key = key
        self.revision = revision
        self.sqlstate = sqlstate
        self.statement = statement
        self.connection = connection
        self.outcome = outcome
        self.outputTail = outputTail
    }

    /// Whether the project could not be read; otherwise a run of its Python code failed.
    package var isConfigurationError: Bool {
        code == .projectMissing || code == .configurationInvalid
    }
}

extension AlembicError: CustomStringConvertible {
    /// One line: `file:line: key: message` for the configuration, `revision R: message [SQLSTATE] (file:line)` for a
    /// run, with the parts that are known. A run's message may have line breaks of its own.
    public var description: String {
        let place = file.map { $0 + (line.map { ":\($0)" } ?? "") }
        if isConfigurationError {
            let text = [place, key, message].compactMap(\.self).joined(separator: ": ")
            return text.split(whereSeparator: \.isNewline).joined(separator: " ")
        }
        var text = revision.map { "revision \($0): " } ?? ""
        text += message
        if let sqlstate { text += " [\(sqlstate)]" }
        if let place { text += " (\(place))" }
        return text
    }
}
