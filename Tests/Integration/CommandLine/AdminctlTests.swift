import FoundationEssentials
import Support
import Testing
import Wire

/// Arguments, exit statuses and output of `adminctl`.
@Suite struct AdminctlTests {
    @Test(arguments: [
        [], ["explode"], ["migrate", "--unknown"], ["watch", "--after-sequence", "1"],
        ["--json"], ["migrate", "--deadline", "soon"],
        ["fixVersion", "--undo", "x", "--apply"], ["key", "new"], ["token", "--audience", "tests"],
        ["token", "--audience", "UPPER"], ["jobs", "--state", "asleep"],
    ])
    func wrongUsage(_ arguments: [String]) async throws {
        let outcome = try await Program.run(
            try Products.path("adminctl"), arguments, environment: ["ADMINCTL_KEY_FILE": nil])
        #expect(outcome.status == 64)
        #expect(outcome.standardOutput.isEmpty)
        #expect(!outcome.standardError.isEmpty)
        let json = try await Program.run(
            try Products.path("adminctl"), ["--json"] + arguments, environment: ["ADMINCTL_KEY_FILE": nil])
        #expect(json.status == 64)
        #expect(json.standardOutput.isEmpty)
        #expect(try json.failure()["code"] == "usage")
    }

    @Test func exitStatuses() async throws {
        try await UnreachableDatabase.with { agent in
            let folder = agent.folder
            #expect(try await agent.adminctl("status").status == 0)
            #expect(try await agent.adminctl("diagnose").status == 1)
            #expect(try await agent.adminctl("verify").status == 1)
            #expect(try await agent.adminctl("migrate").status == 69)
            #expect(try await agent.adminctl("plan").status == 69)
            #expect(try await agent.adminctl("--database", "other", "diagnose").status == 64)
            #expect(try await agent.adminctl("status", key: nil).status == 77)
            #expect(try await agent.adminctl("migrate", key: "reader").status == 77)
            #expect(try await agent.adminctl("watch", "nothing").status == 64)
            #expect(try await agent.adminctl("--socket", folder.path("none.sock"), "status").status == 69)
            #expect(try await agent.adminctl("--key-file", folder.path("none.key"), "status").status == 78)
            let open = try folder.write("open.key", try folder.read("tests.key"), mode: 0o644)
            let exposed = try await agent.adminctl("--key-file", open, "status")
            #expect(exposed.status == 78)
            #expect(exposed.standardError.contains("open.key"))
            #expect(!exposed.standardError.contains("sdk_"))
            let several = try await agent.adminctl("--key-file", folder.path("keys.toml"), "status")
            #expect(several.status == 78)
        }
    }

    /// With `--json` there is one object, on standard output or on standard error, and nothing else.
    @Test func jsonOutputIsOneObject() async throws {
        try await UnreachableDatabase.with { agent in
            let status = try await agent.adminctl("--json", "status")
            #expect(try status.result(Status.Result.self).audience == "tests")
            #expect(status.standardError.isEmpty)
            let after = try await agent.adminctl("status", "--json")
            #expect(after.lines.count == 1)
            let jobs = try await agent.adminctl("--json", "jobs")
            #expect(try jobs.result(Jobs.Result.self).jobs.isEmpty)

            let failed = try await agent.adminctl("--json", "migrate")
            #expect(failed.standardOutput.isEmpty)
            #expect(try failed.failure()["code"] == "databaseUnavailable")
            #expect(try failed.failure()["retryable"] == true)
            let refused = try await agent.adminctl("--json", "status", key: nil)
            #expect(try refused.failure()["code"] == "unauthenticated")
            let unavailable = try await agent.adminctl("--json", "--socket", "/nonexistent/agent.sock", "status")
            #expect(try unavailable.failure()["code"] == "cannotConnect")
            let graph = try await agent.adminctl("--json", "graph").result(Graph.Result.self)
            #expect(graph.heads == [SmallProject.base])
            #expect(graph.rows == nil)
        }
    }

    /// Environment variables set defaults for options.
    @Test func environmentVariables() async throws {
        try await UnreachableDatabase.with { agent in
            let nowhere = ["ADMINCTL_SOCKET": "/nonexistent/agent.sock", "ADMINCTL_DATABASE": "other"]
            #expect(try await agent.adminctl("status", environment: nowhere).status == 69)
            let named = try await agent.adminctl(
                "--socket", agent.adminSocket, "--database", "main", "--json", "diagnose", environment: nowhere)
            #expect(try named.result(Diagnose.Result.self).database == "main")
            let other = try await agent.adminctl("diagnose", environment: ["ADMINCTL_DATABASE": "other"])
            #expect(other.status == 64)
        }
    }

    /// Output has colours on a terminal only, and never with `NO_COLOR`.
    @Test func colours() async throws {
        let script = """
            import os, pty, sys
            read = lambda fd: os.read(fd, 65536)
            sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], read)))
            """
        try await UnreachableDatabase.with { agent in
            #expect(!(try await agent.adminctl("diagnose").standardOutput.contains("\u{1B}[")))
            for (plain, expected) in [(nil, true), ("1", false)] as [(String?, Bool)] {
                let outcome = try await Program.run(
                    TestPython.interpreter, ["-c", script, try Products.path("adminctl"), "diagnose"],
                    environment: [
                        "ADMINCTL_SOCKET": agent.adminSocket, "ADMINCTL_KEY_FILE": agent.folder.path("tests.key"),
                        "NO_COLOR": plain, "TERM": "xterm",
                    ])
                #expect(outcome.standardOutput.contains("unreachable"))
                #expect(
                    outcome.standardOutput.contains("\u{1B}[1") == expected
                        || outcome.standardOutput.contains("\u{1B}[31") == expected)
                #expect(outcome.standardOutput.contains("\u{1B}[") == expected)
            }
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completions(_ shell: String) async throws {
        let outcome = try await Program.run(
            try Products.path("adminctl"), ["--generate-completion-script", shell])
        #expect(outcome.status == 0)
        for word in ["fixVersion", "diagnose", "idempotency-key"] { #expect(outcome.standardOutput.contains(word)) }
    }

    @Test func everyCommandHasHelpWithExamples() async throws {
        let commands =
            [[]] + CommandTable.all.map { [$0.name] } + [["fix-version"], ["explain"], ["key", "new"], ["token"]]
        for command in commands {
            let outcome = try await Program.run(try Products.path("adminctl"), command + ["--help"])
            #expect(outcome.status == 0, "\(command)")
            #expect(outcome.standardError.isEmpty, "\(command)")
            #expect(outcome.standardOutput.contains("EXAMPLE"), "\(command)")
            #expect(outcome.standardOutput.contains("USAGE"), "\(command)")
        }
        let version = try await Program.run(try Products.path("adminctl"), ["--version"])
        #expect(version.standardOutput.contains("0.1.0"))
    }
}
