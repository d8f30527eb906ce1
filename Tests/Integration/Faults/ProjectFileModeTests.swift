import Diagnosis
import Support
import Testing
import Wire

/// Project files that other users can write, although the agent runs them with the database's credentials.
@Suite struct ProjectFileModeTests {
    @Test func filesWritableByOthers() async throws {
        try await ProjectFixture.with { fixture in
            let (agent, project) = (fixture.agent, fixture.project.path)
            try await agent.call(Migrate.self, .init())
            func finding() async throws -> Finding? {
                try await agent.diagnose().findings.first { $0.code == "project.writableByOthers" }
            }
            #expect(try await finding() == nil)
            let opened = try await Program.run(
                "chmod",
                ["o+w", "\(project)/migrations/env.py", "\(project)/migrations/versions", "\(project)/models.py"])
            #expect(opened.status == 0)
            let reported = try #require(try await finding())
            #expect(
                reported.severity == .warning
                    && reported.message.hasPrefix("Everyone can write \(project)/migrations/env.py"))
            #expect(
                reported.evidence
                    == ["migrations/env.py", "migrations/versions", "models.py"].map {
                        "\(project)/\($0): Everyone can write it"
                    })
            #expect(try await agent.diagnose().healthy)
            // The remedy is a shell command.
            let remedied = try await Program.run("sh", ["-ec", reported.remedy])
            #expect(remedied.status == 0)
            #expect(try await finding() == nil)
        }
    }
}
