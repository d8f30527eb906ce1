import Files
import Settings
import Support
import Testing
import Text

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

@Suite struct TextFileTests {
    @Test(arguments: ["", "plain", "a\"b\\c", "\n\t\u{1}\u{1F}\u{7F}", "é日\u{1F600}", "${HOME} # no comment"])
    func quotedStringsAreReadBack(text: String) throws {
        var root = try SettingsDocument(text: "key = \(TOMLString.quoted(text))\n", file: "f.toml").root
        #expect(try root.string("key")?.utf8.elementsEqual(text.utf8) == true)
    }

    @Test func filesAreNamedInErrors() async throws {
        try await TemporaryFolder.with { folder in
            let path = try folder.write("file", "text\r\n\n")
            #expect(try TextFile.read(path) == "text\r\n\n")
            #expect(try TextFile.secret(path) == "text")
            let empty = try folder.write("empty", "\n")
            #expect(throws: SettingsError(file: empty, message: "is empty; it must contain the secret")) {
                try TextFile.secret(empty)
            }
            for mode in [0o644, 0o640, 0o602] {
                let open = try folder.write("open file", "text", mode: mode)
                #expect(try TextFile.read(open) == "text")
                let error = #expect(throws: SettingsError.self) { try TextFile.secret(open) }
                #expect(error?.message.hasSuffix("chmod 600 '\(open)'") == true, "\(error as Any)")
                #expect(throws: SettingsError.self) { try TextFile.readSecret(open) }
            }
            let missing = folder.path("missing")
            #expect(throws: SettingsError(file: missing, message: "cannot be read: No such file or directory")) {
                try TextFile.read(missing)
            }
            let binary = folder.path("binary")
            try FileSystem.replace(binary, with: [0xFF])
            #expect(throws: SettingsError(file: binary, message: "is not UTF-8 text")) { try TextFile.read(binary) }
            let large = folder.path("large")
            try FileSystem.replace(large, with: [UInt8](repeating: 0x61, count: (1 << 20) + 1))
            #expect(throws: SettingsError(file: large, message: "cannot be read: it is larger than 1 MiB")) {
                try TextFile.read(large)
            }
        }
    }
}
