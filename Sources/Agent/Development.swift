import Alembic
import Glibc
public import Logging
import Postgres
import Settings
import Tokens
import Wire

/// `schemad dev`: a throwaway PostgreSQL, a key and the agent for one project, in a folder that vanishes at the end.
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
    ///   - url: a database to use; `nil` makes a throwaway one.
    public init(
        project: String, config: String, section: String, python: String?, environment: [String], url: String?
    ) {
        self.project = TextFile.absolute(project)
        self.config = config
        self.section = section
        self.python = python
        self.environment = environment
        self.url = url
    }

    /// Runs until SIGINT or SIGTERM.
    ///
    /// - Parameter say: takes what the user is told, a paragraph at a time.
    /// - Throws: ``StartError`` and `SettingsError`.
    public func run(logger: Logger, say: @escaping @Sendable (String) -> Void) async throws {
        var template = Array("/tmp/schemad-dev-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw StartError(exitStatus: 73, "no temporary folder can be made: \(FileBytes.reason(errno))")
        }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let cluster = EmbeddedCluster(EmbeddedCluster.Settings(clusterName: "schemad-dev"))
        do {
            let database = try await database(cluster)
            let settings = try write(folder, url: database)
            try await Serve(settings: settings, logger: logger).run { say(Self.welcome(folder, url: database)) }
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
            throw StartError(exitStatus: 69, "the throwaway PostgreSQL does not start: \(error)")
        }
    }

    /// Writes key and settings, and reads them back as `serve` would.
    private func write(_ folder: String, url: String) throws -> AgentSettings {
        let key = try KeyFile.newRecord(
            kid: "dev", scopes: Scope.allCases.map(\.rawValue), knownScopes: Set(Scope.allCases.map(\.rawValue)))
        var lines = [
            "audience = \"dev\"", "[socket]", "path = \(Self.quoted(folder + "/admin.sock"))",
            "query_path = \(Self.quoted(folder + "/query.sock"))", "[keys]",
            "file = \(Self.quoted(folder + "/keys.toml"))",
            "[state]", "directory = \(Self.quoted(folder + "/state"))", "[databases.main]",
            "url_file = \(Self.quoted(folder + "/url"))", "project = \(Self.quoted(project))",
            "config = \(Self.quoted(config))", "section = \(Self.quoted(section))",
        ]
        lines.append("python = \(Self.quoted(Runner.interpreter(named: python, folder: project)))")
        if !environment.isEmpty {
            let members = DatabaseSettings.variables(environment).sorted { $0.key < $1.key }
                .map { "\(Self.quoted($0.key)) = \(Self.quoted($0.value))" }
            lines.append("environment = { \(members.joined(separator: ", ")) }")
        }
        do {
            try FileBytes.replace("\(folder)/keys.toml", with: Array(key.utf8))
            try FileBytes.replace("\(folder)/url", with: Array(url.utf8))
            try FileBytes.replace("\(folder)/schemad.toml", with: Array((lines.joined(separator: "\n") + "\n").utf8))
        } catch {
            throw StartError(exitStatus: 73, "\(folder): cannot be written: \(error.reason)")
        }
        return try AgentSettings.read(path: "\(folder)/schemad.toml")
    }

    /// A TOML basic string. The settings' own `${…}` in it are expanded when it is read.
    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\", "\"": "\\\(scalar)"
            case _ where scalar.value < 32 || scalar.value == 127:
                "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2) + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
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

        Press Ctrl-C to end; everything above is removed then.
        """
    }

    private static func remove(_ folder: String, _ cluster: EmbeddedCluster) async {
        await cluster.remove()
        FileTree.remove(folder)
    }
}
