import Settings
import Testing

@Suite struct SettingsTests {
    static let text = """
        # settings
        audience = "orders-db"
        [socket]
        path = "/run/x.sock"   # [not.a.table]
        mode = 432

        [databases.main]
        note = '''
        [databases.fake]
        url = 1
        '''
        x = [
          "a", # one
          "b",
        ]
        "quoted key" = true
        environment = { A = "1", B = 2 }
        [[route]]
        path = "/a"
        [[route]]
        path = "/b"
        secret = 5
        """

    private func root() throws -> SettingsTable { try SettingsDocument(text: Self.text, file: "f.toml").root }

    @Test func readsEachType() throws {
        var root = try root()
        #expect(try root.string("audience") == "orders-db")
        var socket = try #require(try root.table("socket"))
        #expect(try socket.string("path") == "/run/x.sock")
        #expect(try socket.integer("mode", in: 0...511) == 432)
        try socket.finish()
        var databases = try #require(try root.table("databases"))
        var main = try #require(try databases.table("main"))
        #expect(try main.strings("x") == ["a", "b"])
        #expect(try main.boolean("quoted key") == true)
        #expect(try main.string("absent") == nil)
        #expect(try root.tables("route")?.count == 2)
    }

    @Test func anUnknownKeyIsNamedWithItsLineAndANearWord() throws {
        var root = try root()
        var socket = try #require(try root.table("socket"))
        _ = try socket.string("pat")
        _ = try socket.integer("mode", in: 0...511)
        #expect(
            throws: SettingsError(
                file: "f.toml", line: 4, key: "socket.path", message: "unknown key; did you mean 'pat'?")
        ) { try socket.finish() }
    }

    @Test func aWrongTypeIsNamedWithItsLine() throws {
        var root = try root()
        var databases = try #require(try root.table("databases"))
        var main = try #require(try databases.table("main"))
        #expect(
            throws: SettingsError(
                file: "f.toml", line: 16, key: "databases.main.quoted key", message: "must be a string, not a boolean")
        ) { try main.string("quoted key") }
        var environment = try #require(try main.table("environment"))
        #expect(
            throws: SettingsError(
                file: "f.toml", line: 17, key: "databases.main.environment.B",
                message: "must be a string, not an integer")
        ) { try environment.string("B") }
        var second = try #require(try root.tables("route")?.last)
        #expect(
            throws: SettingsError(
                file: "f.toml", line: 22, key: "route.1.secret", message: "must be a string, not an integer")
        ) { try second.string("secret") }
    }

    @Test func whatIsNotTOMLIsNamedWithItsLine() {
        #expect(throws: SettingsError.self) { try SettingsDocument(text: "a = 1\nb = = 2\n", file: "f.toml") }
        do {
            _ = try SettingsDocument(text: "a = 1\nb = = 2\n", file: "f.toml")
        } catch {
            #expect(error.description.hasPrefix("f.toml:2: not valid TOML"))
        }
    }
}
