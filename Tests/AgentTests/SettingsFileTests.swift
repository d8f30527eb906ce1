import Glibc
import Inspection
import Schema
import Settings
import Support
import Testing

@testable import Agent

/// `schemad.toml`: defaults are filled in, and mistakes are reported with file, line and key.
@Suite struct SettingsFileTests {
    private static let minimal = """
        audience = "orders-db"
        [databases.main]
        url = "postgresql:///orders"
        project = "/srv/app"
        """

    private static func read(_ text: String) async throws -> AgentSettings {
        try await TemporaryFolder.with { folder in
            try AgentSettings.read(path: try folder.write("schemad.toml", text))
        }
    }

    @Test func theSmallestFile() async throws {
        let settings = try await Self.read(Self.minimal)
        #expect(settings.audience == "orders-db")
        #expect(settings.socket.admin.path == "/run/schemad/admin.sock")
        #expect(settings.socket.admin.mode == 0o660)
        #expect(settings.socket.query == nil)
        #expect(settings.keyFile == "/etc/schemad/keys.toml")
        #expect(settings.stateDirectory == "/var/lib/schemad")
        #expect(settings.limits.connections == 256 && settings.limits.connectionsPerUser == 64)
        #expect(settings.limits.inFlight == 8 && settings.limits.frameSeconds == 5 && settings.limits.idleSeconds == 60)
        let database = try #require(settings.databases.first)
        #expect(settings.databases.count == 1 && database.name == "main")
        #expect(database.config == "alembic.ini" && database.section == "alembic" && database.python == nil)
        #expect(database.environment == ["DATABASE_URL": "${url}"])
        #expect(database.lockTimeout == .seconds(3) && database.statementTimeout == .zero)
        #expect(database.migrateDeadline == .seconds(900) && database.verify == .additive)
    }

    @Test func everything() async throws {
        setenv("SCHEMAD_TEST_HOST", "db.internal", 1)
        let settings = try await Self.read(
            """
            audience = "a.b_c-9"
            [socket]
            path = "/run/s/admin.sock"
            query_path = "/run/s/query.sock"
            mode = "0600"
            group = "0"
            query_mode = "0666"
            [keys]
            file = "keys.toml"
            [state]
            directory = "state"
            [shadow]
            enabled = false
            [limits]
            connections = 10
            connections_per_uid = 2
            in_flight = 1
            frame_seconds = 2
            idle_seconds = 3
            [databases.two]
            url = "postgresql://${SCHEMAD_TEST_HOST}/x"
            project = "backend"
            config = "pyproject.toml"
            section = "other"
            python = ".venv/bin/python"
            x = ["tenant=a"]
            lock_timeout = "500ms"
            lock_retries = 2
            statement_timeout = "2m"
            migrate_deadline = "1h"
            long_transaction = "10m"
            verify = "exact"
            ignore = ["table:audit_*"]
            environment = { A = "${url+asyncpg}", B = "${url}?x", C = "$5 ${SCHEMAD_TEST_HOST}", D = "" }
            [[databases.two.probes]]
            name = "p"
            count = "SELECT 1"
            rows = "SELECT 1"
            [databases.one]
            url = "postgresql:///one"
            project = "/srv/one"
            """)
        #expect(settings.databases.map(\.name) == ["one", "two"])
        #expect(settings.socket.query?.mode == 0o666 && settings.socket.admin.mode == 0o600)
        #expect(settings.socket.admin.group == 0 && settings.socket.query?.group == nil)
        #expect(settings.keyFile.hasPrefix("/") && settings.keyFile.hasSuffix("/keys.toml"))
        let database = settings.databases[1]
        #expect(database.url == "postgresql://db.internal/x")
        #expect(database.project.hasPrefix("/") && database.project.hasSuffix("/backend"))
        #expect(
            database.environment
                == ["A": "${url+asyncpg}", "B": "${url}?x", "C": "$5 db.internal", "D": ""])
        #expect(database.lockRetries == 2)
        #expect(database.lockTimeout == .milliseconds(500) && database.statementTimeout == .seconds(120))
        #expect(database.migrateDeadline == .seconds(3600) && database.verify == .exact)
        #expect(database.longTransaction == .seconds(600) && settings.databases[0].longTransaction == .seconds(60))
        #expect(database.ignore.map(\.text) == ["table:audit_*"] && settings.shadow.server == .none)
        #expect(database.probes.map(\.name) == ["p"] && database.readURL == nil)
    }

    @Test func aSecretInAFile() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("url", "postgresql://u:p@h/d\n")
            let text = Self.minimal.replacing("url = \"postgresql:///orders\"", with: "url_file = \"url\"")
            let file = try folder.write("schemad.toml", text)
            #expect(try AgentSettings.read(path: file).databases[0].url == "postgresql://u:p@h/d")
            try folder.write("url", "\n")
            #expect(throws: SettingsError.self) { try AgentSettings.read(path: file) }
        }
    }

    /// An address file that others may read or write is refused, and so are settings that contain a secret.
    @Test(arguments: [0o644, 0o640, 0o660, 0o602]) func filesThatAreNotPrivate(mode: Int) async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("url", "postgresql://u:hunter2@h/d\n", mode: mode)
            let text = Self.minimal.replacing("url = \"postgresql:///orders\"", with: "url_file = \"url\"")
            let file = try folder.write("schemad.toml", text, mode: mode)
            let error = #expect(throws: SettingsError.self) { try AgentSettings.read(path: file) }
            #expect(error?.file == folder.path("url"))
            #expect(error?.message.hasSuffix("chmod 600 \(folder.path("url"))") == true)
            try folder.write("url", "postgresql://u:hunter2@h/d\n")
            #expect(try AgentSettings.read(path: file).databases.count == 1, "the settings hold no secret")
            setenv("SCHEMAD_TEST_PASSWORD", "x", 1)
            try folder.write(
                "schemad.toml", Self.minimal.replacing("///orders", with: "//u:${SCHEMAD_TEST_PASSWORD}@h/d"),
                mode: mode)
            #expect(try AgentSettings.read(path: file).databases[0].url == "postgresql://u:x@h/d")
        }
    }

    @Test(
        arguments: [
            (minimal.replacing("///orders", with: "//u:hunter2@h/d"), 3, "databases.main.url"),
            (minimal + "\nread_url = \"host=h password=hunter2\"", 5, "databases.main.read_url"),
            (minimal + "\nx = [\"a=1\", \"url=postgresql://u:hunter2@h/d\"]", 5, "databases.main.x"),
            (
                minimal + "\nenvironment = { A = \"${url}\", DB_PASSWORD = \"hunter2\" }", 5,
                "databases.main.environment.DB_PASSWORD"
            ),
            (
                minimal.replacing("\n[d", with: "\n[shadow]\nurl = \"postgresql://u:hunter2@h/d\"\n[d"), 3,
                "shadow.url"
            ),
        ] as [(String, Int, String)])
    func secretsInTheSettings(_ text: String, _ line: Int, _ key: String) async throws {
        try await TemporaryFolder.with { folder in
            let file = try folder.write("schemad.toml", text, mode: 0o640)
            let error = #expect(throws: SettingsError.self) { try AgentSettings.read(path: file) }
            #expect(error?.key == key && error?.line == line, "\(error as Any)")
            #expect(error?.message.contains("chmod 600 \(file)") == true && error?.message.contains("hunter2") == false)
            chmod(file, 0o600)
            #expect(try AgentSettings.read(path: file).databases.count == 1)
        }
    }

    @Test func optionsAndTheShadowsFile() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("shadow", "postgresql://u:p@h/d\n")
            let text =
                Self.minimal + "\npython = \"/srv/$${x} $${y}\""
                + "\noptions = { \"sqlalchemy.url\" = \"${url+psycopg}\" }\n[shadow]\nurl_file = \"shadow\"\n"
            let settings = try AgentSettings.read(path: try folder.write("schemad.toml", text))
            #expect(settings.databases[0].options == ["sqlalchemy.url": "${url+psycopg}"])
            #expect(settings.databases[0].python == "/srv/${x} ${y}", "an escaped variable is a text")
            #expect(settings.shadow.server == .url("postgresql://u:p@h/d"))
        }
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var text: String
        var line: Int?
        var key: String
        var testDescription: String { key }
    }

    /// The minimal file with lines at its end, which are the database's: they begin on line 5.
    private static func end(_ lines: String, _ key: String, line: Int = 5) -> Mistake {
        Mistake(text: minimal + "\n" + lines, line: line, key: key)
    }

    /// The minimal file with lines after its first.
    private static func start(_ lines: String, line: Int, _ key: String) -> Mistake {
        Mistake(text: minimal.replacing("\n[databases", with: "\n\(lines)\n[databases"), line: line, key: key)
    }

    static let mistakes = [
        Mistake(text: minimal.replacing("audience = \"orders-db\"\n", with: ""), line: nil, key: "audience"),
        Mistake(text: minimal.replacing("orders-db", with: "Orders"), line: 1, key: "audience"),
        Mistake(text: minimal.replacing("\"orders-db\"", with: "3"), line: 1, key: "audience"),
        Mistake(text: "audience = \"a\"\n", line: nil, key: "databases"),
        Mistake(text: minimal.replacing("url = \"postgresql:///orders\"\n", with: ""), line: nil, key: "url"),
        Mistake(text: minimal.replacing("project = \"/srv/app\"", with: ""), line: nil, key: "project"),
        start("audiance = \"x\"", line: 2, "audiance"),
        start("[socket]\npath = \"run/a.sock\"", line: 3, "path"),
        start("[socket]\npath = \"/\(String(repeating: "x", count: 107))\"", line: 3, "path"),
        start("[socket]\nmode = \"888\"", line: 3, "mode"), start("[socket]\nmode = 432", line: 3, "mode"),
        start("[socket]\nmode = \"1777\"", line: 3, "mode"),
        start("[socket]\ngroup = \"no-such-group\"", line: 3, "group"),
        start("[socket]\npath = \"/a\"\nquery_path = \"/a\"", line: 4, "query_path"),
        start("[limits]\nin_flight = 0", line: 3, "in_flight"),
        start("[limits]\nin_flight = \"8\"", line: 3, "in_flight"),
        start("[limits]\nframes = 1", line: 3, "frames"), start("[shadow]\nembeded = true", line: 3, "embeded"),
        start("[keys]\nfile = \"\"", line: 3, "file"),
        end("url_file = \"/x\"", "url_file"), end("verify = \"maybe\"", "verify"), end("x = \"a\"", "x"),
        end("lock_retries = -1", "lock_retries"),
        end("lock_timeout = \"3\"", "lock_timeout"), end("lock_timeout = 3", "lock_timeout"),
        end("migrate_deadline = \"soon\"", "migrate_deadline"), end("python = \"\"", "python"),
        end("environment = { A = \"${NOT_SET_ANYWHERE}\" }", "A"), end("environment = { A = 1 }", "A"),
        end("config = \"${url}\"", "config"), end("nonsense = 1", "nonsense"),
        end("[[databases.main.probes]]\nname = \"p\"", "count"),
        end("options = { script_location = \"m\" }", "options"), end("options = { a = 1 }", "a"),
        start("[shadow]\nurl = \"a\"\nurl_file = \"/b\"", line: 4, "url_file"),
    ]

    @Test(arguments: mistakes) func mistakesAreReported(_ mistake: Mistake) async throws {
        let error = await #expect(throws: SettingsError.self) { _ = try await Self.read(mistake.text) }
        guard let error else { return }
        #expect(error.key?.split(separator: ".").last.map(String.init) == mistake.key, "\(error)")
        if let line = mistake.line { #expect(error.line == line, "\(error)") }
        #expect("\(error)".contains("schemad.toml"))
        #expect("\(error)".contains(mistake.key))
        #expect(!"\(error)".contains("\n"))
    }

    @Test func invalidFiles() async throws {
        #expect(throws: SettingsError.self) { try AgentSettings.read(path: "/nonexistent/schemad.toml") }
        #expect(throws: SettingsError.self) { try AgentSettings.read(path: "/") }
        await #expect(throws: SettingsError.self) { _ = try await Self.read("audience = \"a\"\n= 3\n") }
    }
}
