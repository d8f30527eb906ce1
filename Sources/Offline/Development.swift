import Alembic
import Files
import Glibc
import Inspection
import KeyFiles
import Postgres
import Text
import Wire

/// `schemad dev`: a throwaway PostgreSQL, a key and an agent for one project, in a folder that is removed at the end.
public struct Development: Sendable {
    private let project: String
    private let config: String
    private let section: String
    private let python: String?
    private let environment: [String]
    private let options: [String]
    private let url: String?
    private let shadowURL: String?
    private let baseline: String?
    private let environmentDeadline: Duration?
    private let replayDeadline: Duration?

    /// - Parameters:
    ///   - config: the configuration file, relative to the project; nil means `alembic.ini`, or Flask-Migrate's
    ///     `migrations/alembic.ini` where only that exists.
    ///   - environment: variables for env.py, `NAME=VALUE`, as in the settings; `${url}` is the database's. Empty means
    ///     `DATABASE_URL=${url}`.
    ///   - options: options of Alembic's configuration, `NAME=VALUE`, as in the settings.
    ///   - url: a database to use; nil creates a throwaway one.
    ///   - shadowURL: a server for the shadow, on which databases may be created; nil starts a throwaway one.
    ///   - baseline: an SQL dump that the history starts from.
    ///   - environmentDeadline: how long env.py may run when nothing is migrated; nil for the default of the settings.
    ///   - replayDeadline: how long a replay may take; nil for the default of the settings.
    public init(
        project: String, config: String?, section: String, python: String?, environment: [String],
        options: [String] = [], url: String?, shadowURL: String? = nil, baseline: String? = nil,
        environmentDeadline: Duration? = nil, replayDeadline: Duration? = nil
    ) {
        self.project = FileSystem.absolute(project)
        self.config = config ?? ProjectConfiguration.file(in: self.project)
        self.section = section
        self.python = python
        self.environment = environment
        self.options = options
        self.url = url
        self.shadowURL = shadowURL
        self.baseline = baseline.map(FileSystem.absolute)
        self.environmentDeadline = environmentDeadline
        self.replayDeadline = replayDeadline
    }

    /// Runs until the agent ends.
    ///
    /// - Parameters:
    ///   - say: receives the messages for the user, a paragraph at a time.
    ///   - serve: runs an agent with the settings at a path until SIGINT or SIGTERM, and calls back once it listens.
    /// - Throws: ``OfflineError``, and what `serve` throws.
    public func run(
        say: @escaping @Sendable (String) -> Void,
        serve: (_ settings: String, _ onReady: @escaping @Sendable () -> Void) async throws -> Void
    ) async throws {
        try await checkProject()
        try BaselineArgument.check(baseline)
        var template = Array("/tmp/schemad-dev-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw OfflineError(exitStatus: 73, "cannot create a temporary folder: \(SystemError.text(errno))")
        }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let cluster = EmbeddedCluster(EmbeddedCluster.Settings(clusterName: "schemad-dev", listensOnTCP: true))
        do {
            let database = try await database(cluster)
            try write(folder, url: database)
            let problem = await cluster.tcpProblem
            try await serve("\(folder)/schemad.toml") { say(Self.welcome(folder, socketOnly: problem)) }
        } catch {
            await Self.remove(folder, cluster)
            throw error
        }
        await Self.remove(folder, cluster)
    }

    private func database(_ cluster: EmbeddedCluster) async throws -> String {
        if let url { return url }
        do {
            try await cluster.start()
            let connection = Connection(
                try DatabaseAddress(await cluster.url()), SessionOptions(applicationName: "schemad dev"))
            _ = try await connection.withSession { session throws(PostgresError) in
                try session.query("CREATE DATABASE app")
            }
            await connection.close()
            return await cluster.clientURL(database: "app")
        } catch {
            throw OfflineError(exitStatus: 69, "the throwaway PostgreSQL cannot be started: \(error)")
        }
    }

    /// Reads the project, so that a command that names the wrong folder fails at once.
    private func checkProject() async throws(OfflineError) {
        var runner = Runner(
            python: PythonInterpreter.path(argument: python, folder: project), folder: project, config: config,
            section: section)
        // As the agent runs it later.
        runner.environment = DatabaseSettings.variables(environment)
        do throws(AlembicError) {
            _ = try await ProjectConfiguration.read(for: runner) { [runner] names, prependSysPath in
                await runner.located(names, prependSysPath: prependSysPath)
            }
        } catch {
            // Other errors can be corrected while the agent runs; 'diagnose' shows them.
            if error.code == .projectMissing { throw OfflineError(error) }
        }
    }

    /// Writes key and settings.
    private func write(_ folder: String, url: String) throws {
        let key = try KeyFile.newRecord(
            kid: "dev", scopes: Scope.allCases.map(\.rawValue), knownScopes: Set(Scope.allCases.map(\.rawValue)))
        var lines = [
            "audience = \"dev\"", "[socket]", "path = \(TOMLString.quoted(folder + "/admin.sock"))",
            "query_path = \(TOMLString.quoted(folder + "/query.sock"))", "[keys]",
            "file = \(TOMLString.quoted(folder + "/keys.toml"))",
            "[state]", "directory = \(TOMLString.quoted(folder + "/state"))",
        ]
        lines.append("[shadow]")
        if shadowURL != nil { lines.append("url_file = \(TOMLString.quoted(folder + "/shadow-url"))") }
        if let baseline { lines.append("baseline = \(Self.verbatim(baseline))") }
        if let replayDeadline { lines.append(Self.deadline("replay_deadline", replayDeadline)) }
        lines += [
            "[databases.main]", "url_file = \(TOMLString.quoted(folder + "/url"))",
            "project = \(Self.verbatim(project))", "config = \(Self.verbatim(config))",
            "section = \(Self.verbatim(section))",
            "python = \(Self.verbatim(PythonInterpreter.path(argument: python, folder: project)))",
        ]
        if !environment.isEmpty { lines.append(Self.table("environment", DatabaseSettings.variables(environment))) }
        if !options.isEmpty { lines.append(Self.table("options", DatabaseSettings.variables(options))) }
        if let environmentDeadline { lines.append(Self.deadline("environment_deadline", environmentDeadline)) }
        do {
            try FileSystem.replace("\(folder)/keys.toml", with: Array(key.utf8))
            try FileSystem.replace("\(folder)/url", with: Array(url.utf8))
            if let shadowURL { try FileSystem.replace("\(folder)/shadow-url", with: Array(shadowURL.utf8)) }
            try FileSystem.replace("\(folder)/schemad.toml", with: Array((lines.joined(separator: "\n") + "\n").utf8))
        } catch {
            throw OfflineError(exitStatus: 73, "\(folder): cannot be written: \(error)")
        }
    }

    /// A text of the command line that the settings must not expand.
    private static func verbatim(_ text: String) -> String {
        TOMLString.quoted(text.replacing("${", with: "$${"))
    }

    private static func deadline(_ key: String, _ duration: Duration) -> String {
        let milliseconds = Int64(duration / .milliseconds(1))
        return "\(key) = \"\(milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms")\""
    }

    private static func table(_ key: String, _ values: [String: String]) -> String {
        let members = values.sorted { $0.key < $1.key }
            .map { "\(TOMLString.quoted($0.key)) = \(TOMLString.quoted($0.value))" }
        return "\(key) = { \(members.joined(separator: ", ")) }"
    }

    /// - Parameter socketOnly: why the throwaway PostgreSQL does not listen on a port; nil when it does.
    private static func welcome(_ folder: String, socketOnly: String?) -> String {
        let note = socketOnly.map { reason in
            """


            PostgreSQL could not listen on a port of 127.0.0.1 and uses a socket only: \(reason)
            An env.py that builds its URL from host and port will fail.
            """
        }
        return """
            schemad is running. In another shell:

                export ADMINCTL_SOCKET=\(folder)/admin.sock
                export ADMINCTL_KEY_FILE=\(folder)/keys.toml
                adminctl diagnose
                adminctl plan
                adminctl migrate

            The database, for psql and for your application (its address is in \(folder)/url):

                psql "$(cat \(folder)/url)"

            Press Ctrl-C to stop; everything above is then removed.
            """ + (note ?? "")
    }

    private static func remove(_ folder: String, _ cluster: EmbeddedCluster) async {
        await cluster.remove()
        FileSystem.remove(folder)
    }
}
