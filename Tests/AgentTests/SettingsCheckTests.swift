import Tokens
import KeyFiles
import Support
import Testing
import Wire

@testable import Agent

/// `schemad check`: the files and URLs that the settings name.
@Suite struct SettingsCheckTests {
    private static func settings(_ folder: TemporaryFolder, _ database: String = "") throws -> AgentSettings {
        try AgentSettings.read(
            path: try folder.write(
                "schemad.toml",
                """
                audience = "tests"
                [keys]
                file = "keys.toml"
                [state]
                directory = "state"
                [databases.second]
                url = "postgresql:///second"
                project = "app"
                \(database)
                [databases.first]
                url = "host=/tmp dbname=first"
                project = "app"
                """))
    }

    private static func key(_ kid: String = "dev", scopes: [String] = ["read"]) throws -> String {
        try KeyFile.newRecord(kid: kid, scopes: scopes, knownScopes: Set(scopes))
    }

    /// Neither project nor server are looked at.
    @Test func usableSettings() async throws {
        try await TemporaryFolder.with { folder in
            let settings = try Self.settings(folder)
            try folder.write("keys.toml", try Self.key() + Self.key("other"))
            #expect(try settings.checkFiles() == ["first", "second"])
            #expect(try settings.readKeys().kids == ["dev", "other"])
        }
    }

    @Test func theKeyFileIsNamed() async throws {
        try await TemporaryFolder.with { folder in
            let settings = try Self.settings(folder)
            func message() -> String? {
                let error = #expect(throws: AgentError.self) { try settings.checkFiles() }
                #expect(error?.exitStatus == 78)
                return error?.description
            }
            let file = folder.path("keys.toml")
            #expect(message() == "\(file): there is no such file (adminctl key new creates one)")
            try folder.write("keys.toml", try Self.key(), mode: 0o644)
            #expect(message()?.hasPrefix("\(file): ") == true, "others may read it")
            try folder.write("keys.toml", "[[key]]\nkid = \"dev\"\n")
            #expect(message()?.hasPrefix("\(file): ") == true)
            let text = try Self.key(scopes: ["everything"])
            try folder.write("keys.toml", text)
            let refused = message()
            #expect(refused?.contains("everything") == true)
            #expect(refused?.contains("sdk_") == false, "a secret is never shown")
        }
    }

    @Test(arguments: [
        ("url = \"postgresql:///second\"", "url = \"mysql://u:hunter2@h/d\"", "databases.second.url: "),
        ("project = \"app\"", "project = \"app\"\nread_url = \"hunter2 =\"", "databases.second.read_url: "),
    ]) func theSettingOfABadURLIsNamed(old: String, new: String, prefix: String) async throws {
        try await TemporaryFolder.with { folder in
            _ = try Self.settings(folder)
            try folder.write("keys.toml", try Self.key())
            let text = try folder.read("schemad.toml")
            let changed = text.replacing(old, with: new, maxReplacements: 1)
            let settings = try AgentSettings.read(path: try folder.write("schemad.toml", changed))
            let error = #expect(throws: AgentError.self) { try settings.checkFiles() }
            #expect(error?.exitStatus == 78 && error?.description.hasPrefix(prefix) == true)
            #expect(error?.description.contains("hunter2") == false)
        }
    }
}
