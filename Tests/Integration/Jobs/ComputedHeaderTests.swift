import Diagnosis
import Revisions
import Support
import Testing
import Wire

/// Scripts whose header is computed: Alembic loads them, and the result is cached.
@Suite struct ComputedHeaderTests {
    private static let computed = """
        from alembic import op
        from names import FIRST
        revision = FIRST
        down_revision = "a00000000000"
        def upgrade():
            op.execute(f"INSERT INTO steps VALUES ('{revision}')")
        """

    @Test func computedHeadersAreMigratedAndCached() async throws {
        try await ProjectFixture.with(
            starts: false,
            arrange: { settings, project in
                settings.python = try project.folder.write(
                    "counting-python",
                    "#!/bin/sh\necho started >> '\(project.folder.path("starts"))'\n"
                        + "exec '\(TestPython.interpreter)' \"$@\"\n",
                    mode: 0o755)
                try project.folder.write("project/names.py", "FIRST = 'b' + 'c' * 3\n")
                try project.folder.write("project/migrations/versions/computed.py", Self.computed)
            }
        ) { fixture in
            let agent = fixture.agent
            try await fixture.startWhenFilesAreStable()
            func starts() -> Int {
                ((try? agent.folder.read("starts")) ?? "").split(separator: "\n").count
            }
            let diagnosis = try await agent.diagnose()
            #expect(diagnosis.verdict == .empty && diagnosis.revisions?.heads == ["bccc"])
            #expect(starts() == 2, "one process for the script, one for env.py")
            let graph = try await agent.call(Graph.self, .init())
            #expect(graph.revisions.map(\.source) == [.static, .alembic])

            #expect(try await agent.call(Migrate.self, .init()).applied == [SmallProject.base, "bccc"])
            #expect(try await fixture.steps() == [SmallProject.base, "bccc"])
            #expect(try await agent.diagnose().verdict == .inSync)
            #expect(starts() == 3)

            // The next process reads the cache in the state directory.
            #expect(try await agent.terminate() == 0)
            try await agent.start()
            #expect(try await agent.diagnose().verdict == .inSync)
            #expect(starts() == 3)

            // The id comes from a module that is not a script; when the module changes, Alembic loads the scripts again.
            try agent.folder.write("project/names.py", "FIRST = 'dddd'\n")
            let renamed = try await agent.diagnose()
            #expect(renamed.revisions?.heads == ["dddd"])
            #expect(renamed.verdict == .ahead)
        }
    }
}
