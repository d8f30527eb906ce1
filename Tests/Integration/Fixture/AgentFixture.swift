import FoundationEssentials
import Glibc
import KeyFiles
import Support
import Synchronization
import Tokens
import Wire

/// An agent process of the built `schemad`, with its own settings, keys and state directory.
final class AgentFixture: Sendable {
    /// The contents of the settings file.
    struct Settings: Sendable {
        var audience = "tests"
        /// Nil if a line of `database` sets the URL.
        var url: String?
        var project: String
        var python = TestPython.interpreter
        /// The table `environment`; nil omits it.
        var environment: [String: String]?
        /// Further lines of `[databases.main]`.
        var database: [String] = []
        /// Lines of further tables.
        var tables: [String] = []
        /// Lines of `[limits]`.
        var limits: [String] = []
        var hasQuerySocket = true
        /// Lines of `[shadow]`. Most tests do not need a replay.
        var shadow = ["enabled = false"]
        /// A command that gets the agent's command line as its last arguments; empty starts the agent directly.
        var launcher: [String] = []
    }

    /// The keys of every fixture. "stranger" is restricted to another user id.
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

    /// Creates a fixture, starts its agent, runs the body, and always removes everything.
    ///
    /// - Parameters:
    ///   - starts: false if the body starts the agent.
    ///   - prepare: returns the settings; it may write files into the folder.
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

    /// The log of all agent processes of this fixture.
    var log: String { logs.withLock { $0 } + (process?.standardError ?? "") }

    /// Starts the agent and waits until it sends its hello.
    func start() async throws {
        let started = try await launch()
        try await eventually("the agent is ready") {
            if let status = started.status {
                throw SupportError("The agent ended with status \(status): \(started.standardError)")
            }
            return (try? await FrameConnection.open(adminSocket)) != nil
        }
    }

    /// Starts the agent without waiting for it.
    func launch() async throws -> BackgroundProgram {
        let command =
            launcher + [
                try Products.path("schemad"), "serve", "--config", folder.path("schemad.toml"), "--log-level", "debug",
            ]
        let started = try await BackgroundProgram(
            command[0], Array(command.dropFirst()), environment: ["DATABASE_URL": nil, "VIRTUAL_ENV": nil])
        program.withLock { program in
            if let previous = program { logs.withLock { $0 += previous.standardError } }
            program = started
        }
        return started
    }

    /// Ends the agent with SIGKILL.
    func kill() async throws {
        guard let process, process.status == nil else { return }
        try await process.kill()
    }

    /// Ends the agent with SIGTERM.
    ///
    /// - Returns: its exit status.
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
