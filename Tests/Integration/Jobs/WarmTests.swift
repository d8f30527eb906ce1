import Diagnosis
import FoundationEssentials
import Schema
import Support
import Testing
import Wire

/// Python is started only when something that it read has changed.
@Suite struct WarmTests {
    @Test func whatIsKnownIsNotAskedAgain() async throws {
        try await Workshop.with(
            starts: false,
            arrange: { settings, project in
                settings.python = try project.folder.write(
                    "counting-python",
                    "#!/bin/sh\necho started >> '\(project.folder.path("starts"))'\n"
                        + "exec '\(TestPython.interpreter)' \"$@\"\n",
                    mode: 0o755)
            }
        ) { workshop in
            let agent = workshop.agent
            try await workshop.startOnceAtRest()
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

            // Another process knows it from the state directory.
            #expect(try await agent.terminate() == 0)
            try await agent.start()
            #expect(try await agent.diagnose().verdict == .inSync)
            #expect(try await agent.call(Migrate.self, .init()).applied.isEmpty)
            #expect(starts() == 2)

            // New times with the old content mean nothing; a new content does.
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
}
