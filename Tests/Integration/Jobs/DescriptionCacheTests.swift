import Diagnosis
import FoundationEssentials
import Schema
import Support
import Testing
import Wire

/// Python runs again only when a file that it read has changed.
@Suite struct DescriptionCacheTests {
    @Test func cachedDescriptionIsUsedUntilAFileChanges() async throws {
        try await ProjectFixture.with(
            starts: false,
            arrange: { settings, project in
                settings.python = try project.folder.write(
                    "counting-python",
                    "#!/bin/sh\necho started >> '\(project.folder.path("starts"))'\n"
                        + "exec '\(TestPython.interpreter)' \"$@\"\n",
                    mode: 0o755)
            }
        ) { fixture in
            let agent = fixture.agent
            try await fixture.startWhenFilesAreStable()
            func starts() -> Int {
                ((try? agent.folder.read("starts")) ?? "").split(separator: "\n").count
            }
            #expect(try await agent.diagnose().verdict == .empty)
            #expect(starts() == 1)
            try await agent.call(Migrate.self, .init())
            #expect(starts() == 2)
            for _ in 1...3 {
                #expect(try await agent.diagnose().verdict == .inSync)
                #expect(try await agent.call(Migrate.self, .init()).applied.isEmpty)
                #expect(try await agent.call(Plan.self, .init()).revisions.isEmpty)
            }
            #expect(starts() == 2)

            // The next process reads the cache in the state directory.
            #expect(try await agent.terminate() == 0)
            try await agent.start()
            #expect(try await agent.diagnose().verdict == .inSync)
            #expect(try await agent.call(Migrate.self, .init()).applied.isEmpty)
            #expect(starts() == 2)

            // A new modification time with the same content changes nothing; new content does.
            let models = try agent.folder.read("project/models.py")
            try agent.folder.write("project/models.py", models)
            #expect(try await agent.diagnose().verdict == .inSync)
            #expect(starts() == 2)
            try agent.folder.write(
                "project/models.py",
                models.replacing("sa.Column(\"text\", sa.Text)", with: "sa.Column(\"body\", sa.Text)"))
            let drifted = try await agent.diagnose()
            #expect(drifted.verdict == .drifted)
            #expect(drifted.schema.missingColumns?.map(\.column) == ["body"])
            #expect(starts() == 3)
        }
    }

    /// While Python still reads the project, `verify` responds within its deadline and says so.
    @Test func verifyWhileTheProjectIsBeingRead() async throws {
        try await ProjectFixture.with(
            starts: false,
            arrange: { settings, project in
                // Python starts when the file `go` exists, and gives up when the folder has gone.
                settings.python = try project.folder.write(
                    "waiting-python",
                    "#!/bin/sh\nwhile [ -d '\(project.folder.path)' ] && [ ! -e '\(project.folder.path("go"))' ]; do\n"
                        + "sleep 0.1; done\nexec '\(TestPython.interpreter)' \"$@\"\n",
                    mode: 0o755)
            }
        ) { fixture in
            let agent = fixture.agent
            try await fixture.startWhenFilesAreStable()
            let waiting = try await agent.call(Verify.self, .init(heads: ["x"]), deadline: 1_000)
            #expect(waiting.reading == true && !waiting.mayStart && waiting.verdict == .unreachable)
            #expect(waiting.heads == ["x"] && waiting.rows == nil)

            try agent.folder.write("go", "")
            let known = try await agent.call(Verify.self, .init())
            #expect(known.reading == nil && known.verdict == .empty)
        }
    }
}
