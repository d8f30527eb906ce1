import Agent
import FoundationEssentials
import Inspection
import Support
import Synchronization
import Testing

@testable import Offline

/// `schemad dev` with a database of the user: what it writes for the agent, and that nothing is left.
@Suite struct DevelopmentTests {
    private static let url = "postgresql://app:hunter2@127.0.0.1:1/app"

    /// Runs it for a small project, with a body in place of the agent.
    ///
    /// - Parameters:
    ///   - name: of the project's folder.
    ///   - environmentFile: the text of env.py.
    /// - Returns: the folder that it used, and what it said.
    @discardableResult
    private static func run(
        name: String = "app", config: String? = "conf/alembic.ini", python: String? = nil, environment: [String] = [],
        options: [String] = [], shadowURL: String? = nil, environmentFile: String = "",
        _ serve: (_ settings: String, _ onReady: @Sendable () -> Void) async throws -> Void
    ) async throws -> (folder: String, said: [String]) {
        try await TemporaryFolder.with { folder in
            try folder.write("\(name)/conf/alembic.ini", "[main]\nscript_location = migrations\n")
            try folder.write("\(name)/migrations/alembic.ini", "[main]\n")
            try folder.write("\(name)/migrations/env.py", environmentFile)
            let development = Development(
                project: folder.path(name), config: config, section: "main", python: python, environment: environment,
                options: options, url: url, shadowURL: shadowURL)
            return try await run(development, serve)
        }
    }

    private static func run(
        _ development: Development,
        _ serve: (_ settings: String, _ onReady: @Sendable () -> Void) async throws -> Void
    ) async throws -> (folder: String, said: [String]) {
        let said = Mutex<[String]>([])
        var folder = ""
        try await development.run(say: { text in said.withLock { $0.append(text) } }) { settings, onReady in
            folder = settings.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
            try await serve(settings, onReady)
        }
        return (folder, said.withLock(\.self))
    }

    @Test func theAgentCanUseItsSettings() async throws {
        try await Self.run { path, _ in
            let settings = try AgentSettings.read(path: path)
            #expect(try settings.checkFiles() == ["main"])
            #expect(settings.audience == "dev" && settings.socket.query != nil)
            let database = try #require(settings.databases.first)
            #expect(database.url == Self.url && database.project.hasSuffix("/app"))
            #expect(database.config == "conf/alembic.ini" && database.section == "main")
            #expect(database.environment == ["DATABASE_URL": "${url}"], "without variables the default is used")
            #expect(database.options.isEmpty && settings.shadow.server == .embedded)
            let folder = path.replacing("/schemad.toml", with: "")
            for file in [settings.socket.admin.path, settings.keyFile, settings.stateDirectory] {
                #expect(file.hasPrefix(folder + "/"), "\(file) is removed with the folder")
            }
        }
    }

    /// Texts of the user may contain whatever TOML has a meaning for.
    @Test func textsOfTheUserAreQuoted() async throws {
        let name = "a \"quoted\" ${HOME} $${x} ${NOT_SET} 'b' \\ folder = [x] # y"
        try await Self.run(
            name: name, python: "/opt/py \"${3}\"/bin/python",
            environment: ["DB=${url+asyncpg}", "A b=\"x\" = 'y'", "EMPTY=", "NONE", "TWICE=1", "TWICE=2"],
            options: ["sqlalchemy.url=${url+psycopg}", "a=b=\"c\""]
        ) { path, _ in
            let database = try #require(try AgentSettings.read(path: path).databases.first)
            #expect(database.project.hasSuffix("/" + name) && database.python == "/opt/py \"${3}\"/bin/python")
            #expect(database.options == ["sqlalchemy.url": "${url+psycopg}", "a": "b=\"c\""])
            #expect(
                database.environment == [
                    "DB": "${url+asyncpg}", "A b": "\"x\" = 'y'", "EMPTY": "", "NONE": "", "TWICE": "2",
                ])
        }
    }

    @Test func theFilesArePrivate() async throws {
        try await Self.run(shadowURL: "postgresql://shadow:hunter2@h/${d}") { path, _ in
            let folder = path.replacing("/schemad.toml", with: "")
            func mode(_ file: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                    "keys.toml", "schemad.toml", "shadow-url", "url",
                ])
            #expect(
                try AgentSettings.read(path: path).shadow.server == .url("postgresql://shadow:hunter2@h/${d}"))
            for name in ["keys.toml", "schemad.toml", "shadow-url", "url"] {
                #expect(try mode("\(folder)/\(name)").map { $0 & 0o777 } == 0o600, "\(name)")
            }
            #expect(try mode(folder).map { $0 & 0o777 } == 0o700)
            let settings = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            #expect(!settings.contains("hunter2") && !settings.contains("sdk_"), "secrets have files of their own")
        }
    }

    /// Each run has a key of its own.
    @Test func theKeyIsNew() async throws {
        let keys = Mutex<[String]>([])
        for _ in 1...2 {
            try await Self.run { path, _ in
                let file = try AgentSettings.read(path: path).keyFile
                let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
                keys.withLock { $0.append(text) }
            }
        }
        let found = keys.withLock(\.self)
        #expect(found.count == 2 && found[0] != found[1])
        #expect(found.allSatisfy { $0.contains("kid = \"dev\"") && $0.contains("\"migrate\"") })
    }

    @Test func theWelcomeNamesTheFolder() async throws {
        let (folder, said) = try await Self.run { _, onReady in onReady() }
        #expect(said.count == 1)
        #expect(said.first?.contains("export ADMINCTL_SOCKET=\(folder)/admin.sock") == true)
        #expect(said.first?.contains("export ADMINCTL_KEY_FILE=\(folder)/keys.toml") == true)
        #expect(said.first?.contains("hunter2") == false, "the address stays in its file")
        #expect(try await Self.run { _, _ in }.said.isEmpty, "only an agent that listens is announced")
    }

    @Test func everythingIsRemoved() async throws {
        let (folder, _) = try await Self.run { path, _ in
            // What the agent would leave.
            let state = path.replacing("schemad.toml", with: "state")
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
            try Data("x".utf8).write(to: URL(filePath: state + "/journal.sqlite"))
        }
        #expect(folder.hasPrefix("/tmp/schemad-dev-") && !FileManager.default.fileExists(atPath: folder))
    }

    private struct Failure: Error {}

    @Test func everythingIsRemovedAfterAFailure() async throws {
        var folder = ""
        await #expect(throws: Failure.self) {
            try await Self.run { path, _ in
                folder = path.replacing("/schemad.toml", with: "")
                #expect(FileManager.default.fileExists(atPath: path))
                throw Failure()
            }
        }
        #expect(!folder.isEmpty && !FileManager.default.fileExists(atPath: folder))
    }

    /// Relative paths are the shell's: they are resolved before the agent changes its folder.
    @Test func relativePaths() async throws {
        let here = FileManager.default.currentDirectoryPath
        try await TemporaryFolder.with { folder in
            try folder.write("app/alembic.ini", "[main]\nscript_location = migrations\n")
            try folder.write("app/migrations/env.py", "")
            let up = here.split(separator: "/").map { _ in ".." }.joined(separator: "/")
            let development = Development(
                project: up + folder.path + "/app", config: nil, section: "main", python: "./venv/bin/python",
                environment: [], url: Self.url)
            _ = try await Self.run(development) { path, _ in
                let database = try #require(try AgentSettings.read(path: path).databases.first)
                #expect(database.project.hasPrefix("/") && database.config == "alembic.ini")
                #expect(FileManager.default.fileExists(atPath: database.project + "/alembic.ini"))
                #expect(database.python == "\(here)/venv/bin/python" || database.python == "\(here)/./venv/bin/python")
            }
        }
    }

    /// A wrong folder is an error at once, and nothing starts.
    @Test func aProjectThatIsNotThere() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("empty/readme", "")
            for name in ["missing", "empty"] {
                let development = Development(
                    project: folder.path(name), config: nil, section: "main", python: nil, environment: [],
                    url: Self.url)
                let error = await #expect(throws: OfflineError.self) {
                    _ = try await Self.run(development) { _, _ in Issue.record("it was served") }
                }
                #expect(error?.exitStatus == 78 && error?.description.contains(folder.path(name)) == true)
            }
        }
    }

    /// Mistakes in the configuration can be corrected while the agent runs.
    @Test func aConfigurationWithAMistake() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("app/alembic.ini", "[main]\nscript_location = a%b\n")
            let development = Development(
                project: folder.path("app"), config: nil, section: "main", python: nil, environment: [], url: Self.url)
            var served = 0
            _ = try await Self.run(development) { _, _ in served += 1 }
            #expect(served == 1)
        }
    }

    @Test func theFileOfFlaskMigrate() async throws {
        try await Self.run(config: nil) { path, _ in
            let settings = try AgentSettings.read(path: path)
            #expect(settings.databases.first?.config == "migrations/alembic.ini")
        }
    }

    /// The agent itself gives an env.py the address that it takes from Alembic's configuration.
    @Test(arguments: [[], ["a=b"]]) func options(given: [String]) async throws {
        let environmentFile = "context.config.get_main_option('sqlalchemy.url')"
        try await Self.run(options: given, environmentFile: environmentFile) { path, _ in
            let settings = try AgentSettings.read(path: path)
            #expect(settings.databases.first?.options == (given.isEmpty ? [:] : ["a": "b"]))
        }
    }

    @Test func deadlines() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("alembic.ini", "[main]\nscript_location = migrations\n")
            try folder.write("migrations/env.py", "")
            try folder.write("base.sql", "")
            let development = Development(
                project: folder.path, config: nil, section: "main", python: nil, environment: [], url: Self.url,
                baseline: folder.path("base.sql"), environmentDeadline: .seconds(90),
                replayDeadline: .milliseconds(1_500))
            _ = try await Self.run(development) { path, _ in
                let settings = try AgentSettings.read(path: path)
                #expect(settings.shadow.replayDeadline == .milliseconds(1_500))
                #expect(settings.shadow.baseline == folder.path("base.sql"))
                #expect(settings.databases.first?.environmentDeadline == .seconds(90))
            }
        }
    }

    /// A file that is named wrongly is an error at once, and nothing starts.
    @Test(arguments: [("nowhere.sql", "No such file"), ("migrations", "it is a folder")])
    func aBaselineThatCannotBeRead(name: String, says: String) async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("alembic.ini", "[main]\nscript_location = migrations\n")
            try folder.write("migrations/env.py", "")
            let development = Development(
                project: folder.path, config: nil, section: "main", python: nil, environment: [], url: Self.url,
                baseline: folder.path(name))
            let error = await #expect(throws: OfflineError.self) {
                _ = try await Self.run(development) { _, _ in Issue.record("it was served") }
            }
            #expect(error?.exitStatus == 78)
            #expect(error?.description.contains("\(folder.path(name)) cannot be read: \(says)") == true)
            let snapshot = Snapshot(
                project: folder.path, config: nil, section: "main", python: nil, x: [], environment: [],
                url: Self.url, baseline: folder.path(name))
            let other = await #expect(throws: OfflineError.self) {
                _ = try await snapshot.write(to: folder.path("out"))
            }
            #expect(other == error)
        }
    }
}
