import FoundationEssentials

/// Runs a project's env.py in the project's own Python interpreter, in a process of its own, for one question or one
/// migration at a time. Every call starts a process and ends with its end, and with the end of every process that it
/// started; cancelling the task ends them at once, and so does the death of this process.
public struct Runner: Sendable {
    /// Decides whether env.py may go on with a connection that it has opened. `false` means another database than the
    /// configured one; an error means that the check itself could not be made. Nothing of the project runs until then.
    public typealias Proof = @Sendable (ConnectionReport) async throws -> Bool

    public var python: String
    public var folder: String
    public var config: String
    public var section: String
    public var x: [String]
    public var environment: [String: String]
    /// Whether the interpreter also has the variables of this process, as a command that its user typed has them.
    public var inheritsEnvironment = false

    /// - Parameters:
    ///   - python: path of the interpreter, or a name on the search path; see `interpreter(configured:folder:)`.
    ///   - folder: absolute path of the project's folder, the working directory of the run.
    ///   - config: Alembic's configuration file, relative to `folder`.
    ///   - section: the section of the INI file.
    ///   - x: Alembic's `-x` arguments.
    ///   - environment: for env.py, secrets included. It travels over a pipe, never as the process's real environment.
    public init(
        python: String, folder: String, config: String = "alembic.ini", section: String = "alembic", x: [String] = [],
        environment: [String: String] = [:]
    ) {
        self.python = python
        self.folder = folder
        self.config = config
        self.section = section
        self.x = x
        self.environment = environment
    }

    /// Asks env.py what it would migrate, in read-only sessions and without migrating.
    ///
    /// - Parameters:
    ///   - nonce: an advisory lock key that nobody else uses, held in shared mode while `prove` runs.
    ///   - deadline: ends the run.
    public func describe(
        nonce: Int64, applicationName: String = "schemad describe", deadline: Duration = .seconds(60), prove: Proof
    ) async throws(RunnerError) -> Description {
        var configuration = RunnerConfiguration(self, mode: "describe", fence: nonce)
        configuration.settings = [
            "default_transaction_read_only": "on", "application_name": applicationName,
            "lock_timeout": "2s", "statement_timeout": "20s", "client_connection_check_interval": "1s",
        ]
        let conversation = try await converse(configuration, deadline: deadline, prove: prove)
        guard let description = conversation.description else {
            throw conversation.lost("the runner finished without a description")
        }
        return description
    }

    /// Migrates. What the version table holds afterwards is for the caller to read, on a connection of its own.
    ///
    /// - Parameter progress: called in order, from one task.
    /// - Returns: what env.py did; also when there was nothing to do.
    public func migrate(
        _ run: MigrationRun, prove: Proof, progress: @escaping @Sendable (RunnerEvent) -> Void = { _ in }
    ) async throws(RunnerError) -> MigrationRun.Outcome {
        var configuration = RunnerConfiguration(self, mode: "migrate", fence: run.fence)
        configuration.settings = [
            "application_name": run.applicationName,
            "lock_timeout": run.lockTimeout, "statement_timeout": run.statementTimeout,
            // The fence must not vanish while Python computes, and a dead client must not keep it.
            "idle_session_timeout": "0", "client_connection_check_interval": "1s",
            "tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
        ]
        configuration.fenceWaitSeconds = run.fenceWait / .seconds(1)
        configuration.targets = run.targets
        configuration.expectedRows = run.expectedRows
        configuration.expectedRevisions = run.expectedRevisions
        configuration.versionTable = run.versionTable
        configuration.sha256 = run.sha256
        return try await converse(configuration, deadline: run.deadline, prove: prove, progress: progress).outcome
    }
}

/// The line of configuration that the runner reads after its source.
struct RunnerConfiguration: Encodable {
    var mode: String
    var folder: String
    var config: String
    var section: String
    var x: [String]
    var environment: [String: String]
    var fence: Int64
    var fenceWaitSeconds = 10.0
    /// Server parameters of every session; one that the server does not know is left out.
    var settings: [String: String] = [:]
    /// Real paths of the scripts to load.
    var scripts: [String] = []
    /// Names of extensions to create.
    var extensions: [String] = []
    var targets: [String] = []
    var expectedRows: [String] = []
    var expectedRevisions: [String] = []
    var versionTable: Description.VersionTable?
    var sha256: [String: String] = [:]

    init(_ runner: Runner, mode: String, fence: Int64) {
        self.mode = mode
        self.fence = fence
        folder = runner.folder
        config = runner.config
        section = runner.section
        x = runner.x
        environment = runner.environment
    }
}
