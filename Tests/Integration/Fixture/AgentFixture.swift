import FoundationEssentials
import Glibc
import Support
import Synchronization
import Tokens
import Wire

/// The built `schemad` with settings, keys and a state directory of its own.
final class AgentFixture: Sendable {
    /// What the settings file says.
    struct Settings: Sendable {
        var audience = "tests"
        /// Nil leaves it to a line of `database`.
        var url: String?
        var project: String
        var python = TestPython.interpreter
        /// Nil leaves the table out.
        var environment: [String: String]?
        /// Further lines of `[databases.main]`.
        var database: [String] = []
        /// Lines of further tables.
        var tables: [String] = []
        /// Lines of `[limits]`.
        var limits: [String] = []
        var hasQuerySocket = true
        /// Lines of `[shadow]`; most tests need not wait for a replay.
        var shadow = ["enabled = false"]
        /// A command that starts the agent, which is appended to it.
        var launcher: [String] = []
    }

    /// The scopes of the keys that every fixture has.
    static let keys: [(name: String, scopes: [Scope], databases: [String], uids: [UInt32])] = [
        ("tests", Scope.allCases, [], []), ("reader", [.read], [], []), ("migrator", [.read, .migrate], ["main"], []),
        ("elsewhere", Scope.allCases, ["other"], []), ("stranger", Scope.allCases, [], [geteuid() + 1]),
    ]

    let folder: TemporaryFolder
    private let launcher: [String]
    private let program = Mutex<BackgroundProgram?>(nil)
    private let logs = Mutex("")

    private init(_ folder: TemporaryFolder, _ settings: Settings) throws {
        self.folder = folder
        launcher = settings.launcher
        var all = ""
        for key in Self.keys {
            let text = try KeyFile.newRecord(
                kid: key.name, scopes: key.scopes.map(\.rawValue), databases: key.databases, uids: key.uids,
                knownScopes: Set(Scope.allCases.map(\.rawValue)))
            all += text
            try folder.write("\(key.name).key", text)
        }
        try folder.write("keys.toml", all)
        try folder.write("schemad.toml", Self.text(settings, folder))
    }

    private static func text(_ settings: Settings, _ folder: TemporaryFolder) -> String {
        var lines = ["audience = \"\(settings.audience)\"", "[socket]", "path = \"\(folder.path("admin.sock"))\""]
        if settings.hasQuerySocket { lines.append("query_path = \"\(folder.path("query.sock"))\"") }
        lines += ["[keys]", "file = \"keys.toml\"", "[state]", "directory = \"state\"", "[limits]"] + settings.limits
        lines += ["[shadow]"] + settings.shadow
        lines += ["[databases.main]", "project = \"\(settings.project)\"", "python = \"\(settings.python)\""]
        if let url = settings.url { lines.append("url = \"\(url)\"") }
        lines += settings.database
        if let environment = settings.environment {
            let members = environment.sorted { $0.key < $1.key }.map { "\($0.key) = \"\($0.value)\"" }
            lines.append("environment = { \(members.joined(separator: ", ")) }")
        }
        return (lines + settings.tables).joined(separator: "\n") + "\n"
    }

    /// Makes a fixture, starts its agent, runs the body, and removes everything whatever happens.
    ///
    /// - Parameters:
    ///   - starts: false leaves the start to the body.
    ///   - prepare: says what the settings are; it may put files into the folder.
    static func with<T>(
        starts: Bool = true, isolation: isolated (any Actor)? = #isolation,
        _ prepare: (TemporaryFolder) async throws -> Settings, body: (AgentFixture) async throws -> T
    ) async throws -> T {
        try await TemporaryFolder.with { folder in
            let agent = try AgentFixture(folder, try await prepare(folder))
            do {
                if starts { try await agent.start() }
                let value = try await body(agent)
                try await agent.kill()
                return value
            } catch {
                try? await agent.kill()
                throw error
            }
        }
    }

    var adminSocket: String { folder.path("admin.sock") }
    var querySocket: String { folder.path("query.sock") }
    var stateDirectory: String { folder.path("state") }

    /// The agent's process; nil before the first start.
    var process: BackgroundProgram? { program.withLock { $0 } }

    /// What all agents of this fixture have logged.
    var log: String { logs.withLock { $0 } + (process?.standardError ?? "") }

    /// Starts the agent and waits until it greets.
    func start() async throws {
        let started = try await launch()
        try await eventually("the agent is ready") {
            if let status = started.status {
                throw SupportError("The agent ended with status \(status): \(started.standardError)")
            }
            return (try? await AgentLink.open(adminSocket)) != nil
        }
    }

    /// Starts the agent and does not wait.
    func launch() async throws -> BackgroundProgram {
        let command =
            launcher + [
                try Products.path("schemad"), "serve", "--config", folder.path("schemad.toml"), "--log-level", "debug",
            ]
        let started = try await BackgroundProgram(
            command[0], Array(command.dropFirst()), environment: ["DATABASE_URL": nil, "VIRTUAL_ENV": nil])
        program.withLock { program in
            if let former = program { logs.withLock { $0 += former.standardError } }
            program = started
        }
        return started
    }

    /// Ends the agent with SIGKILL.
    func kill() async throws {
        guard let process, process.status == nil else { return }
        try await process.kill()
    }

    /// Asks the agent to end, and waits until it has.
    func terminate() async throws -> Int32 {
        process?.signal(SIGTERM)
        return try await process?.wait() ?? 127
    }

    /// One of `keys`.
    func key(_ name: String) throws -> KeyRecord {
        try KeyRing.single(
            parsing: Array(try folder.read("\(name).key").utf8), scopes: Set(Scope.allCases.map(\.rawValue)))
    }
}
