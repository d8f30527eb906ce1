import FoundationEssentials
import Settings
import Testing

@testable import WebhookBridge

struct BridgeSettingsTests {
    private func message(about text: String) -> String? {
        do {
            _ = try BridgeSettings(text: text, file: "/etc/hookbridge.toml")
            return nil
        } catch {
            return error.description
        }
    }

    @Test func theExampleIsRead() throws {
        let settings = try BridgeSettings(text: exampleSettings, file: "/etc/hookbridge/hookbridge.toml")
        #expect(settings.host == "127.0.0.1" && settings.port == 0)
        #expect(settings.socket == "/run/schemad/admin.sock" && settings.keyFile == "/etc/hookbridge/key.toml")
        #expect(settings.maxBody == 26_214_400 && settings.agentUser == "schemad")
        #expect(settings.routes.map(\.path) == ["/api/health/migrate", "/hooks/github", "/hooks/every"])
        #expect(
            settings.routes[0].repeatWindow == .seconds(60) && settings.routes[1].branches == ["main", "release/1"])
    }

    @Test(arguments: [
        ("\"127.0.0.1:8787\"", "127.0.0.1", 8787), ("\"[::1]:80\"", "::1", 80), ("\"localhost:0\"", "localhost", 0),
    ])
    func addressesAreRead(listen: String, host: String, port: Int) throws {
        let text = exampleSettings.replacing("\"127.0.0.1:0\"", with: listen)
        let settings = try BridgeSettings(text: text, file: "f")
        #expect(settings.host == host && settings.port == port)
    }

    /// A change to the example, and the beginning of the error.
    @Test(arguments: [
        ("listen = \"127.0.0.1:0\"", "listen = \"::1:80\"", ":1: listen: must be an address and a port"),
        ("listen = \"127.0.0.1:0\"", "listen = \":80\"", ":1: listen: must be an address and a port"),
        ("listen = \"127.0.0.1:0\"", "listen = \"a:65536\"", ":1: listen: must be an address and a port"),
        ("listen = \"127.0.0.1:0\"", "lisen = 1", ":1: lisen: unknown key; did you mean 'listen'?"),
        ("socket = \"/run/schemad/admin.sock\"", "", ": socket: is missing"),
        ("socket = \"/run/schemad/admin.sock\"", "socket = 1", ":2: socket: must be a string, not an integer"),
        ("key_file = \"key.toml\"", "", ": key_file: is missing"),
        ("key_file = \"key.toml\"", "key_file = \"k\"\nmax_body = 1", ":4: max_body: must be from 1024"),
        ("scheme = \"token\"", "scheme = \"basic\"", ":7: route.0.scheme: must be \"token\" or \"github\""),
        ("scheme = \"token\"", "", ":5: route.0.scheme: is missing"),
        ("command = \"migrate\"", "command = \"fixVersion\"", ":9: route.0.command: must be \"migrate\""),
        ("database = \"main\"", "", ":5: route.0.database: is missing"),
        ("database = \"main\"", "database = \"main\"\nevents = [\"push\"]", ":11: route.0.events: is valid for"),
        ("database = \"main\"", "database = \"main\"\nsecret = \"x\"", ":11: route.0.secret: unknown key; did you"),
        ("path = \"/api/health/migrate\"", "path = \"/livez\"", ":6: route.0.path: is reserved"),
        ("path = \"/api/health/migrate\"", "path = \"/v1/x\"", ":6: route.0.path: is reserved"),
        ("path = \"/api/health/migrate\"", "path = \"hook\"", ":6: route.0.path: must begin with /"),
        ("path = \"/api/health/migrate\"", "path = \"/a?b\"", ":6: route.0.path: must begin with /"),
        ("path = \"/hooks/every\"", "path = \"/hooks/github\"", ":22: route.2.path: is the path of another route"),
        ("secrets = [\"\(hookSecret)\"]", "secrets = []", ":12: route.1.secret_file: is missing"),
        ("secrets = [\"\(hookSecret)\"]", "secrets = [\"short\"]", ":15: route.1.secrets: each secret must have"),
        ("secrets = [\"\(hookSecret)\"]", "secrets = [1]", ":15: route.1.secrets: must be a string in the array"),
        ("events = [\"push\"]", "events = []", ":18: route.1.events: is empty"),
        ("events = [\"push\"]", "repeat_seconds = 5", ":18: route.1.repeat_seconds: is valid for"),
        ("[[route]]", "[route]", ":12: not valid TOML"),
    ])
    func errorsNameTheirPlace(old: String, new: String, expected: String) throws {
        var text = exampleSettings
        let range = try #require(text.firstRange(of: old))
        text.replaceSubrange(range, with: new)
        let error = try #require(message(about: text))
        #expect(error.hasPrefix("/etc/hookbridge.toml" + expected), "\(error)")
        #expect(!error.contains("\n") && !error.contains("\"short"))
    }

    @Test func routesAreRequired() throws {
        let routes = try #require(exampleSettings.firstRange(of: "[[route]]"))
        let text = String(exampleSettings[..<routes.lowerBound])
        #expect(message(about: text) == "/etc/hookbridge.toml: route: is missing: at least one [[route]]")
    }

    @Test func secretsComeFromAFileAsWell() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/hookbridge-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = exampleSettings.replacing("secrets = [\"\(hookSecret)\"]", with: "secret_file = \"hook.secret\"")
        let file = folder + "/hookbridge.toml"
        #expect(throws: SettingsError.self) { try BridgeSettings(text: text, file: file) }

        try "\(hookSecret)\n\(nextToken)\r\n\n".write(
            toFile: folder + "/hook.secret", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder + "/hook.secret")
        let refused = #expect(throws: SettingsError.self) { try BridgeSettings(text: text, file: file) }
        #expect(refused?.key == "route.1.secret_file" && refused?.message.contains("chmod 600") == true)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/hook.secret")
        let secrets = try BridgeSettings(text: text, file: file).routes[1].secrets
        #expect(secrets.contain(hookSecret) && secrets.contain(nextToken) && !secrets.contain(""))

        // Another route has its secrets in the settings themselves.
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let open = #expect(throws: SettingsError.self) { try BridgeSettings.read(path: file) }
        #expect(open?.key?.hasSuffix(".secrets") == true && open?.message.contains("chmod 600") == true)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        #expect(try BridgeSettings.read(path: file).routes.count == 3)
    }

    @Test(arguments: ["/does/not/exist.toml", "/"])
    func aFileThatCannotBeReadIsNamed(path: String) {
        let error = #expect(throws: SettingsError.self) { try BridgeSettings.read(path: path) }
        #expect(error?.description.hasPrefix("\(path): cannot be read") == true)
    }
}
