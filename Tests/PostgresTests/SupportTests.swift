import FoundationEssentials
import Glibc
import Postgres
import Support
import Testing

/// Tests of the tools that other tests rely on.
@Suite struct SupportTests {
    @Test func programRunsToItsEnd() async throws {
        let outcome = try await Program.run(
            "sh", ["-c", #"cat; echo "$GIVEN" >&2; exit 7"#], environment: ["GIVEN": "variable"], input: "typed")
        #expect(outcome.status == 7)
        #expect(outcome.standardOutput == "typed")
        #expect(outcome.standardError == "variable\n")
        #expect(try await Program.run("sh", ["-c", "kill -KILL $$"]).status == 128 + SIGKILL)
        await #expect(throws: (any Error).self) {
            try await Program.run("sleep", ["60"], timeout: .milliseconds(50))
        }
    }

    @Test func backgroundProgramReportsItsOwnProcess() async throws {
        let program = try await BackgroundProgram(
            "/bin/sh", ["-c", "echo ready; echo wrong >&2; trap 'exit 3' TERM; while :; do sleep 0.01; done"])
        try await eventually { program.standardOutput == "ready\n" && program.standardError == "wrong\n" }
        #expect(program.status == nil)
        program.signal(SIGTERM)
        #expect(try await program.wait() == 3)
        let sleeper = try await BackgroundProgram.with("sleep", ["60"]) { sleeper in
            #expect(Glibc.kill(sleeper.processIdentifier, 0) == 0)
            return sleeper
        }
        #expect(sleeper.status == 128 + SIGKILL)
        #expect(Glibc.kill(sleeper.processIdentifier, 0) != 0)
    }

    /// A killed test process leaves no servers, programs or folders behind.
    @Test func killedTestProcessLeavesNothingBehind() async throws {
        try await TemporaryFolder.with { folder in
            let (report, template) = (folder.path("report"), try #require(await TestCluster.shared().templateFolder))
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [report = report as String, template = template as String] in
                let cluster = EmbeddedCluster(.init(template: template))
                try await cluster.start()
                let sleeper = try await BackgroundProgram("sleep", ["600"])
                let server = try #require(await cluster.serverProcess)
                let text = "\(await cluster.folder)\n\(server)\n\(sleeper.processIdentifier)"
                try Data(text.utf8).write(to: URL(filePath: report))
                Glibc.kill(getpid(), SIGKILL)
            }
            let lines = try folder.read("report").split(separator: "\n").map(String.init)
            try #require(lines.count == 3)
            try await eventually("everything is removed") {
                !FileManager.default.fileExists(atPath: lines[0])
                    && lines[1...].allSatisfy { Glibc.kill(pid_t($0) ?? 1, 0) != 0 }
            }
        }
    }

    @Test func temporaryFolderIsRemoved() async throws {
        struct Expected: Error {}
        var path = ""
        await #expect(throws: Expected.self) {
            try await TemporaryFolder.with { folder in
                path = folder.path
                try folder.write("a/b", "text", mode: 0o644)
                #expect(try folder.read("a/b") == "text")
                throw Expected()
            }
        }
        #expect(!path.isEmpty && !FileManager.default.fileExists(atPath: path))
    }

    @Test func eventuallyStopsAtItsDeadline() async {
        await #expect(throws: SupportError.self) { try await eventually(deadline: .milliseconds(30)) { false } }
    }
}
