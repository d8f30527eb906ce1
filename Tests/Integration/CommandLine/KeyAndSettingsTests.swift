import Diagnosis
import FoundationEssentials
import Glibc
import Support
import Testing
import Wire

/// Commands that need no agent: keys, tokens, explanations, and the check of settings.
@Suite struct KeyAndSettingsTests {
    /// The agent accepts a key that `adminctl` creates, and a token that it creates from it.
    @Test func newKeyAndTokens() async throws {
        try await UnreachableDatabase.with(starts: false) { agent in
            let file = agent.folder.path("made.key")
            let created = try await agent.adminctl("key", "new", "made", "--scope", "read,migrate", "--out", file)
            #expect(created.status == 0)
            #expect(created.standardOutput.isEmpty)
            var status = stat()
            #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
            // An existing file is not overwritten: it might be the only copy of a key.
            #expect(try await agent.adminctl("key", "new", "made", "--out", file).status == 78)

            try agent.folder.write("keys.toml", try agent.folder.read("keys.toml") + agent.folder.read("made.key"))
            try await agent.start()
            let body = "{\"id\":\"by hand\",\"command\":\"status\"}"
            let minted = try await agent.adminctl("--key-file", file, "token", "--audience", "tests", input: body)
            #expect(minted.status == 0)
            let connection = try await FrameConnection.open(agent.adminSocket)
            let token = Array(minted.standardOutput.utf8.dropLast())
            try await connection.stream.send(try Frame(.request, token: token, body: Array(body.utf8)).encoded())
            let response = try #require(try await connection.response())
            #expect(response.id == "by hand" && response.refusal == nil)
            let keys = try await agent.adminctl("--key-file", file, "--json", "status").result(Status.Result.self).keys
            #expect(keys.contains("made"))
            #expect(try await agent.adminctl("--key-file", file, "fixVersion").status == 77)
        }
    }

    @Test func explainCoversEveryCode() async throws {
        let adminctl = try Products.path("adminctl")
        let list = try await Program.run(adminctl, ["explain"])
        #expect(list.status == 0 && list.lines.count == FindingCatalog.rules.count)
        for rule in FindingCatalog.rules {
            #expect(list.lines.contains { $0.hasPrefix("\(rule.code) ") && $0.hasSuffix(rule.page.title) })
        }
        let page = try await Program.run(adminctl, ["explain", "version.rows.redundant"])
        #expect(page.status == 0 && page.lines.first?.hasPrefix("version.rows.redundant: ") == true)
        #expect(["Problem", "Evidence", "Remedy"].allSatisfy(page.lines.contains))
        #expect(page.lines.allSatisfy { $0.count <= 80 })
        let json = try JSON.parse(
            Array(
                try await Program.run(adminctl, ["--json", "explain", "probe.failed"]).standardOutput.utf8.dropLast()))
        #expect(json["title"] == .string(FindingCatalog.rule("probe.failed")?.page.title ?? ""))
        let unknown = try await Program.run(adminctl, ["explain", "version.rows.what"])
        #expect(unknown.status == 64 && unknown.standardError.contains("version.rows.redundant"))
    }

    @Test func invalidKeyArguments() async throws {
        let adminctl = try Products.path("adminctl")
        for arguments in [["UPPER"], ["a b"], ["ok", "--scope", "everything"], ["ok", "--not-before", "tomorrow"]] {
            #expect(try await Program.run(adminctl, ["key", "new"] + arguments).status == 64, "\(arguments)")
        }
        let printed = try await Program.run(adminctl, ["key", "new", "--kid", "reader", "--databases", "main"])
        #expect(printed.standardOutput.contains("databases = [\"main\"]"))
        let again = try await Program.run(adminctl, ["key", "new", "--kid", "reader", "--databases", "main"])
        #expect(printed.standardOutput != again.standardOutput)
    }

    /// Invalid settings: status 78, and one line that names the file, the line and the key.
    @Test func invalidSettings() async throws {
        try await UnreachableDatabase.with(starts: false) { agent in
            let folder = agent.folder
            let good = try folder.read("schemad.toml")
            let schemad = try Products.path("schemad")
            func check(_ text: String, _ command: String = "check-config") async throws -> Program.Outcome {
                try folder.write("schemad.toml", text)
                return try await Program.run(schemad, [command, "--config", folder.path("schemad.toml")])
            }
            let fine = try await check(good)
            #expect(fine.status == 0 && fine.standardError.isEmpty)
            #expect(fine.standardOutput.contains("main"))

            let wrong: [(text: String, words: [String])] = [
                (good + "databse = 1\n", ["databse"]), ("nonsense = 1\n" + good, [":1:", "nonsense"]),
                (good.replacing("audience = \"tests\"", with: "audience = 7"), [":1:", "audience"]),
                (good.replacing("audience = \"tests\"\n", with: ""), ["audience"]),
                (good.replacing("keys.toml", with: "nowhere.toml"), ["nowhere.toml"]),
                (good.replacing("postgresql:///", with: "mysql:///"), ["main"]),
                (good + "environment = { A = \"${NOT_SET_ANYWHERE}\" }\n", ["NOT_SET_ANYWHERE"]),
                ("[[[", [":1"]),
            ]
            for (text, words) in wrong {
                for command in ["check-config", "serve"] {
                    let outcome = try await check(text, command)
                    #expect(outcome.status == 78, "\(words)")
                    #expect(outcome.standardOutput.isEmpty, "\(words)")
                    let lines = outcome.standardError.split(separator: "\n")
                    #expect(lines.count == 1, "\(lines)")
                    for word in words { #expect(lines.first?.contains(word) == true, "\(lines)") }
                }
            }
            let missing = try await Program.run(schemad, ["serve", "--config", folder.path("none.toml")])
            #expect(missing.status == 78)
            #expect(missing.standardError.contains("none.toml"))
        }
    }

    /// A key file that other users can read is refused.
    @Test func keyFileModes() async throws {
        try await UnreachableDatabase.with(starts: false) { agent in
            let keys = agent.folder.path("keys.toml")
            for (mode, status) in [(0o644, 78), (0o640, 78), (0o602, 78), (0o600, 0), (0o400, 0)] as [(mode_t, Int32)] {
                chmod(keys, mode)
                let outcome = try await Program.run(
                    try Products.path("schemad"), ["check-config", "--config", agent.folder.path("schemad.toml")])
                #expect(outcome.status == status, "mode \(String(mode, radix: 8))")
                #expect(!outcome.standardError.contains("sdk_"))
            }
            chmod(keys, 0o600)
            try FileManager.default.moveItem(atPath: keys, toPath: keys + ".real")
            try FileManager.default.createSymbolicLink(atPath: keys, withDestinationPath: keys + ".real")
            let linked = try await agent.launch()
            #expect(try await linked.wait() == 78)
            #expect(!FileManager.default.fileExists(atPath: agent.adminSocket))
        }
    }
}
