import Diagnosis
import Support
import Testing
import Wire

/// Files that the agent runs with the database's credentials, and that others may write.
@Suite struct ProjectAccessTests {
    @Test func filesThatOthersMayWrite() async throws {
        try await Workshop.with { workshop in
            let (agent, project) = (workshop.agent, workshop.project.path)
            try await agent.call(Migrate.self, .init())
            func finding() async throws -> Finding? {
                try await agent.diagnose().findings.first { $0.code == "project.writableByOthers" }
            }
            #expect(try await finding() == nil)
            let opened = try await Program.run(
                "chmod",
                ["o+w", "\(project)/migrations/env.py", "\(project)/migrations/versions", "\(project)/models.py"])
            #expect(opened.status == 0)
            let told = try #require(try await finding())
            #expect(
                told.severity == .warning && told.message.hasPrefix("Everyone may write \(project)/migrations/env.py"))
            #expect(
                told.evidence
                    == ["migrations/env.py", "migrations/versions", "models.py"].map {
                        "\(project)/\($0): Everyone may write it"
                    })
            #expect(try await agent.diagnose().healthy)
            // The remedy as it is, into a shell.
            let mended = try await Program.run("sh", ["-ec", told.remedy])
            #expect(mended.status == 0)
            #expect(try await finding() == nil)
        }
    }
}
