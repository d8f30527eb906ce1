import FoundationEssentials

/// Runs a project's env.py in the project's own Python interpreter.
///
/// Every call starts a process of its own, for one read or one migration, and ends that process and every process that
/// it started before it returns. They are also ended when the task is cancelled or when this process dies.
public struct Runner: Sendable {
    /// Decides whether env.py may use a connection that it has opened; nothing of the project runs on it before.
    ///
    /// - Returns: false for another database than the configured one.
    /// - Throws: why the check could not be made.
    public typealias Proof = @Sendable (ConnectionReport) async throws -> Bool

    /// Called after each revision of a replay, which continues when the closure returns. An error ends the run.
    public typealias AfterRevision = @Sendable (_ revision: String) async throws -> Void

    /// Called for each event of a run, in order, from one task. The run waits before a COMMIT and before statements that no
    /// rollback undoes; an error ends it there.
    public typealias Report = @Sendable (RunnerEvent) async throws -> Void

    public var python: String
    public var folder: String
    public var config: String
    public var section: String
    public var x: [String]
    public var environment: [String: String]
    /// Options that env.py finds in the section of Alembic's configuration in place of the file's, secrets included.
    public var options: [String: String] = [:]
    /// The address of the database, for an env.py that takes it from the option `sqlalchemy.url` and not from a variable,
    /// with the driver of the file's own value. Secret.
    public var url: (@Sendable (_ driver: String?) -> String)?
    /// The variables of ``environment`` that have the address or a part of it.
    public var addressVariables: Set<String> = []
    /// Secrets that messages must not show, besides those in the environment and the options.
    public var passwords: [String] = []
    /// Whether the interpreter also has this process's environment variables, as a command that a user typed has them.
    public var inheritsEnvironment = false
    /// Starts the interpreter.
    var launcher: any RunnerLauncher = ProcessLauncher()

    /// - Parameters:
    ///   - python: path of the interpreter, or a name on the search path; see
    ///     ``PythonInterpreter/path(configured:folder:environment:)``.
    ///   - folder: absolute path of the project's folder, the working directory of the run.
    ///   - config: Alembic's configuration file, relative to `folder`.
    ///   - section: the section of the INI file.
    ///   - x: Alembic's `-x` arguments.
    ///   - environment: variables for env.py, secrets included. They are sent over a pipe and are never part of the
    ///     process's visible environment.
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

    /// Runs env.py without migrating, and returns what it would migrate.
    ///
    /// - Parameters:
    ///   - readOnly: whether its sessions are read-only; false in a shadow.
    ///   - nonce: the key of an advisory lock that is used only here, held in shared mode while `prove` runs.
    ///   - deadline: the longest duration of the run.
    /// - Throws: `environmentTimeout` when the run takes longer.
    public func describe(
        readOnly: Bool = true, nonce: Int64, applicationName: String = "schemad describe",
        deadline: TimeLimit = .seconds(60), prove: @escaping Proof
    ) async throws(AlembicError) -> ProjectDescription {
        var configuration = RunnerConfiguration(self, mode: "describe", fence: nonce)
        configuration.settings = [
            "default_transaction_read_only": readOnly ? "on" : "off", "application_name": applicationName,
            "lock_timeout": "2s", "statement_timeout": "20s", "client_connection_check_interval": "1s",
        ]
        let final = try await run(configuration, deadline: deadline, what: "env.py had not ended", prove: prove)
        guard let description = final.description else {
            throw final.error("the Python process finished without a description of the project")
        }
        return description
    }

    /// Migrates. The caller reads the version table afterwards, on a connection of its own.
    ///
    /// - Parameters:
    ///   - cancellation: ends the run early; it then fails with `cancelled`.
    ///   - progress: called in order, from one task.
    /// - Returns: what env.py did; empty when there was nothing to do.
    public func migrate(
        _ run: MigrationRun, cancellation: RunCancellation? = nil, prove: @escaping Proof,
        progress: @escaping Report = { _ in }
    ) async throws(AlembicError) -> MigrationRun.Outcome {
        var configuration = RunnerConfiguration(self, mode: "migrate", fence: run.fence)
        configuration.settings = [
            "application_name": run.applicationName,
            "lock_timeout": run.lockTimeout, "statement_timeout": run.statementTimeout,
            // The server must not end the session, and with it the fence, while Python computes; nor may the fence
            // outlive a client that died.
            "idle_session_timeout": "0", "client_connection_check_interval": "1s",
            "tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
        ]
        configuration.fenceWaitSeconds = run.fenceWait / .seconds(1)
        configuration.targets = run.targets
        configuration.expectedRows = run.expectedRows
        configuration.expectedRevisions = run.expectedRevisions
        configuration.versionTable = run.versionTable
        configuration.sha256 = run.sha256
        return try await self.run(
            configuration, deadline: run.deadline, cancellation: cancellation, prove: prove, progress: progress
        ).outcome
    }

    /// Runs the project's revisions in a shadow database.
    ///
    /// - Parameters:
    ///   - targets: as for `alembic upgrade`.
    ///   - commitsEach: whether everything that a revision did is committed after it, and `afterRevision` is called;
    ///     otherwise env.py's own transactions are used.
    ///   - nonce: the key of an advisory lock that is used only here, held in shared mode by every session of the run.
    ///   - staysInDatabase: whether a statement that names another database ends the run with SQLSTATE 3D000: the server may
    ///     have databases of others.
    ///   - prove: accepts only sessions in the shadow database.
    ///   - progress: called in order, from one task.
    /// - Throws: as ``migrate(_:cancellation:prove:progress:)``; the error's `outcome` has the revisions that succeeded before.
    public func replay(
        to targets: [String], commitsEach: Bool = true, nonce: Int64, deadline: TimeLimit,
        staysInDatabase: Bool = false, prove: @escaping Proof,
        progress: @escaping @Sendable (RunnerEvent) -> Void = { _ in },
        afterRevision: @escaping AfterRevision
    ) async throws(AlembicError) -> Replay {
        var configuration = RunnerConfiguration(self, mode: "replay", fence: nonce)
        configuration.settings = ["application_name": "schemad replay", "client_connection_check_interval": "1s"]
        configuration.targets = targets
        configuration.commitsEach = commitsEach
        configuration.staysInDatabase = staysInDatabase
        let final = try await run(
            configuration, deadline: deadline, prove: prove, afterRevision: afterRevision, progress: progress)
        return Replay(
            applied: final.outcome.applied, hiddenTables: final.hiddenTables, observers: final.observers)
    }

    /// Creates the objects of the models in an empty shadow database: the extensions, the schemas, then
    /// `MetaData.create_all()`.
    ///
    /// - Parameter extensions: the names of those that the models may need.
    public func create(
        extensions: [String], nonce: Int64, deadline: TimeLimit, prove: @escaping Proof
    ) async throws(AlembicError) -> ModelCreation {
        var configuration = RunnerConfiguration(self, mode: "create", fence: nonce)
        configuration.settings = ["application_name": "schemad create", "client_connection_check_interval": "1s"]
        configuration.extensions = extensions
        let final = try await run(configuration, deadline: deadline, prove: prove)
        guard let creation = final.creation else {
            throw final.error("the Python process finished without reporting what it created")
        }
        return creation
    }

    /// Lets Alembic load scripts, as `alembic heads` would, in one process for all of them. env.py is not run, and no
    /// script can connect to a database.
    ///
    /// - Throws: why no script could be loaded; `environmentTimeout` when it takes longer than `deadline`. A single script
    ///   that raises an error is part of the result.
    public func load(
        _ scripts: [ScriptFile], deadline: TimeLimit = .seconds(60)
    ) async throws(AlembicError) -> LoadedScripts {
        var configuration = RunnerConfiguration(self, mode: "load", fence: 0)
        configuration.scripts = scripts.map(\.realPath)
        let final = try await run(
            configuration, deadline: deadline, what: "the revision scripts had not been loaded", prove: { _ in false })
        guard let loaded = final.loadedScripts else {
            throw final.error("the Python process finished without reporting the scripts that it loaded")
        }
        return loaded
    }

    /// Asks Python where packages are. Neither env.py nor Alembic is imported, but the parents of a package with dots in
    /// its name are.
    ///
    /// - Parameter prependSysPath: absolute folders that come first on the search path.
    /// - Throws: `configurationInvalid` when Python does not find one of them; otherwise why Python could not be asked.
    public func locate(
        _ packages: [String], prependSysPath: [String], deadline: TimeLimit = .seconds(60)
    ) async throws(AlembicError) -> LocatedPackages {
        var configuration = RunnerConfiguration(self, mode: "locate", fence: 0)
        configuration.packages = packages
        configuration.prependSysPath = prependSysPath
        let final = try await run(
            configuration, deadline: deadline, what: "Python had not found \(packages.joined(separator: ", "))",
            prove: { _ in false })
        guard let located = final.locatedPackages else {
            throw final.error("the Python process finished without reporting the packages that it found")
        }
        guard located.covers(packages) else {
            let refusals = located.packages.compactMap { package in package.refusal.map { "\(package.name): \($0)" } }
            let warnings = located.warnings ?? []
            let reasons = refusals.isEmpty ? ["it names a folder that does not exist"] : refusals
            var error = AlembicError(
                .configurationInvalid, (reasons + warnings.map(\.message)).joined(separator: "; "))
            error.warnings = warnings
            throw error
        }
        return located
    }

    /// The same as a result.
    package func located(
        _ packages: [String], prependSysPath: [String]
    ) async -> Result<LocatedPackages, AlembicError> {
        do throws(AlembicError) {
            return .success(try await locate(packages, prependSysPath: prependSysPath))
        } catch {
            return .failure(error)
        }
    }

    /// - Parameter what: what had not happened when the time is over: the error is then `environmentTimeout`; nil for a
    ///   run that ends with `deadlineExceeded`.
    private func run(
        _ configuration: RunnerConfiguration, deadline: TimeLimit?, what: String? = nil,
        cancellation: RunCancellation? = nil, prove: @escaping Proof,
        afterRevision: @escaping AfterRevision = { _ in }, progress: @escaping Report = { _ in }
    ) async throws(AlembicError) -> RunnerStateMachine {
        let session = RunnerSession(
            configuration: configuration, deadline: deadline,
            redact: Redaction(
                environment: environment.merging(options) { first, _ in first }
                    .merging(configuration.defaultURL.map { ["sqlalchemy.url": $0] } ?? [:]) { first, _ in first },
                passwords: passwords),
            prove: prove, afterRevision: afterRevision, cancellation: cancellation, progress: progress)
        do throws(AlembicError) {
            return try await launcher.run(RunnerCommand(python: python, inheritsEnvironment: inheritsEnvironment)) {
                await session.run(over: $0)
            }.get()
        } catch {
            guard let what, let deadline, error.code == .deadlineExceeded else { throw error }
            var late = error
            late.code = .environmentTimeout
            late.message = "\(what) after \(deadline): the run was stopped"
            throw late
        }
    }
}
