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
    private let url: String?

    /// - Parameters:
    ///   - environment: variables for env.py, `NAME=VALUE`, as in the settings; `${url}` is the database's. Empty means
    ///     `DATABASE_URL=${url}`.
    ///   - url: a database to use; nil creates a throwaway one.
    public init(
        project: String, config: String, section: String, python: String?, environment: [String], url: String?
    ) {
        self.project = FileSystem.absolute(project)
        self.config = config
        self.section = section
        self.python = python
        self.environment = environment
        self.url = url
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
        var template = Array("/tmp/schemad-dev-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw OfflineError(exitStatus: 73, "cannot create a temporary folder: \(SystemError.text(errno))")
        }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let cluster = EmbeddedCluster(EmbeddedCluster.Settings(clusterName: "schemad-dev"))
        do {
            let database = try await database(cluster)
            try write(folder, url: database)
            try await serve("\(folder)/schemad.toml") { say(Self.welcome(folder, url: database)) }
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
            return await cluster.url(database: "app")
        } catch {
            throw OfflineError(exitStatus: 69, "the throwaway PostgreSQL cannot be started: \(error)")
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
            "[state]", "directory = \(TOMLString.quoted(folder + "/state"))", "[databases.main]",
            "url_file = \(TOMLString.quoted(folder + "/url"))", "project = \(TOMLString.quoted(project))",
            "config = \(TOMLString.quoted(config))", "section = \(TOMLString.quoted(section))",
        ]
        lines.append("python = \(TOMLString.quoted(PythonInterpreter.path(argument: python, folder: project)))")
        if !environment.isEmpty {
            let members = DatabaseSettings.variables(environment).sorted { $0.key < $1.key }
                .map { "\(TOMLString.quoted($0.key)) = \(TOMLString.quoted($0.value))" }
            lines.append("environment = { \(members.joined(separator: ", ")) }")
        }
        do {
            try FileSystem.replace("\(folder)/keys.toml", with: Array(key.utf8))
            try FileSystem.replace("\(folder)/url", with: Array(url.utf8))
            try FileSystem.replace("\(folder)/schemad.toml", with: Array((lines.joined(separator: "\n") + "\n").utf8))
        } catch {
            throw OfflineError(exitStatus: 73, "\(folder): cannot be written: \(error)")
        }
    }

    private static func welcome(_ folder: String, url: String) -> String {
        """
        schemad is running. In another shell:

            export ADMINCTL_SOCKET=\(folder)/admin.sock
            export ADMINCTL_KEY_FILE=\(folder)/keys.toml
            adminctl diagnose
            adminctl plan
            adminctl migrate

        The database, for psql and for your application (its address is in \(folder)/url):

            psql "$(cat \(folder)/url)"

        Press Ctrl-C to stop; everything above is then removed.
        """
    }

    private static func remove(_ folder: String, _ cluster: EmbeddedCluster) async {
        await cluster.remove()
        FileSystem.remove(folder)
    }
}
