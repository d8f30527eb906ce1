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

    private static func development(
        project: String = "/srv/app", python: String? = nil, environment: [String] = []
    ) -> Development {
        Development(
            project: project, config: "conf/alembic.ini", section: "main", python: python, environment: environment,
            url: url)
    }

    /// Runs it with a body in place of the agent.
    ///
    /// - Returns: the folder that it used, and what it said.
    @discardableResult
    private static func run(
        _ development: Development = development(),
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
            #expect(database.url == Self.url && database.project == "/srv/app")
            #expect(database.config == "conf/alembic.ini" && database.section == "main")
            #expect(database.environment == ["DATABASE_URL": "${url}"], "without variables the default is used")
            let folder = path.replacing("/schemad.toml", with: "")
            for file in [settings.socket.admin.path, settings.keyFile, settings.stateDirectory] {
                #expect(file.hasPrefix(folder + "/"), "\(file) is removed with the folder")
            }
        }
    }

    /// Texts of the user may contain whatever TOML has a meaning for.
    @Test func textsOfTheUserAreQuoted() async throws {
        let project = "/srv/a \"quoted\" \\ folder = [x] # y"
        let development = Self.development(
            project: project, python: "/opt/py \"3\"/bin/python",
            environment: ["DB=${url+asyncpg}", "A b=\"x\" = 'y'", "EMPTY=", "NONE", "TWICE=1", "TWICE=2"])
        try await Self.run(development) { path, _ in
            let database = try #require(try AgentSettings.read(path: path).databases.first)
            #expect(database.project == project && database.python == "/opt/py \"3\"/bin/python")
            #expect(
                database.environment == [
                    "DB": "${url+asyncpg}", "A b": "\"x\" = 'y'", "EMPTY": "", "NONE": "", "TWICE": "2",
                ])
        }
    }

    @Test func theFilesArePrivate() async throws {
        try await Self.run { path, _ in
            let folder = path.replacing("/schemad.toml", with: "")
            func mode(_ file: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                    "keys.toml", "schemad.toml", "url",
                ])
            for name in ["keys.toml", "schemad.toml", "url"] {
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
        try await Self.run(Self.development(project: "backend", python: "./venv/bin/python")) { path, _ in
            let database = try #require(try AgentSettings.read(path: path).databases.first)
            #expect(database.project == "\(here)/backend")
            #expect(database.python == "\(here)/venv/bin/python" || database.python == "\(here)/./venv/bin/python")
        }
    }
}
