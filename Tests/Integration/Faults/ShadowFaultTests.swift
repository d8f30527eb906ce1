import Diagnosis
import Glibc
import Support
import Testing
import Wire

/// A shadow that is not available, and an env.py that does not connect to it.
@Suite struct ShadowFaultTests {
    /// Starts the agent in its own mount namespace, after these lines of shell.
    private static func launcher(_ lines: String) -> [String] {
        ["unshare", "--mount", "sh", "-c", "set -e\n\(lines)\nexec \"$@\"", "sh"]
    }

    static func canMount() async -> Bool {
        let outcome = try? await Program.run("unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"])
        return outcome?.status == 0
    }

    private static func finding(_ fixture: ProjectFixture) async throws -> Finding {
        var finding: Finding?
        try await eventually("the shadow is reported as unavailable", deadline: .seconds(120)) {
            finding = try await fixture.agent.diagnose().findings.first { $0.code == "shadow.unavailable" }
            return finding != nil
        }
        // Without a replay only names, types and nullability are compared.
        let diagnosis = try await fixture.agent.diagnose()
        #expect(diagnosis.healthy && diagnosis.verdict == .inSync && diagnosis.schemaMatch == true)
        #expect(!diagnosis.schema.sources.migrations)
        #expect(diagnosis.findings.contains { $0.code == "schema.notCompared" && $0.severity == .info })
        #expect(try await fixture.agent.refusal(Align.self, .init()).code == .precondition)
        try await fixture.database.waitForIdleSessions()
        return try #require(finding)
    }

    @Test func shadowServerIsUnreachable() async throws {
        try await ProjectFixture.with { settings, _ in
            settings.shadow = ["url = \"postgresql://127.0.0.1:1/nothing\""]
        } _: { fixture in
            try await fixture.agent.call(Migrate.self, .init())
            let finding = try await Self.finding(fixture)
            #expect(
                finding.severity == .warning && finding.message.contains("no database can be created in the shadow"))
        }
    }

    @Test(.enabled("mounting needs root") { await canMount() }) func hostWithoutServerPrograms() async throws {
        try await ProjectFixture.with { settings, _ in
            settings.shadow = []
            settings.launcher = Self.launcher("unset SCHEMAD_POSTGRESQL_BIN && mount -t tmpfs none /usr/lib/postgresql")
        } _: { fixture in
            try await fixture.agent.call(Migrate.self, .init())
            let finding = try await Self.finding(fixture)
            #expect(finding.severity == .info && finding.message.contains("initdb and postgres are not installed"))
            let shown = try await fixture.agent.adminctl("diagnose", "--fresh", "--strict")
            #expect(shown.status == 0 && shown.standardOutput.contains("note: The migrations were not replayed"))
        }
    }

    @Test(.enabled("mounting needs root") { await canMount() }) func diskIsFull() async throws {
        try await ProjectFixture.with { settings, project in
            let folder = project.folder.path("full")
            settings.shadow = []
            settings.launcher = Self.launcher(
                "mkdir -p \(folder)\nmount -t tmpfs -o size=4m,mode=1777 none \(folder)\nchmod 711 \(project.folder.path)\n"
                    + "export TMPDIR=\(folder)")
        } _: { fixture in
            try await fixture.agent.call(Migrate.self, .init())
            let finding = try await Self.finding(fixture)
            #expect(finding.severity == .warning)
            #expect(finding.evidence.contains { $0.contains("No space left on device") }, "\(finding)")
        }
    }

    /// env.py has a fixed URL, so a replay would run in the live database if the agent did not verify the connection.
    @Test func envIgnoresTheShadow() async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with(environment: "raise RuntimeError('not yet written')", starts: false) {
            settings, _ in
            settings.shadow = shadow
        } _: { fixture in
            let (agent, database) = (fixture.agent, fixture.database)
            let address = database.url.replacing("postgresql:", with: "postgresql+psycopg:", maxReplacements: 1)
            try agent.folder.write(
                "project/migrations/env.py", SmallProject.environment(url: "\"\(address)\""))
            try await agent.start()
            try await agent.call(Migrate.self, .init())
            try fixture.project.revision("b00000000001", down: SmallProject.base)
            var finding: Finding?
            try await eventually("the replay was refused", deadline: .seconds(120)) {
                finding = try await agent.diagnose().findings.first { $0.code == "project.ignoresShadow" }
                return finding != nil
            }
            #expect(finding?.severity == .warning)
            let name = try #require(try await database.value("SELECT current_database()"))
            #expect(finding?.evidence.contains { $0.contains(name) } == true, "\(String(describing: finding))")
            // No migration ran in the live database.
            #expect(try await fixture.steps() == [SmallProject.base])
            #expect(try await database.versions() == [SmallProject.base])
            let diagnosis = try await agent.diagnose()
            #expect(diagnosis.verdict == .behind && diagnosis.schema.differences == [])
            #expect(!diagnosis.schema.sources.migrations)
            let shown = try await agent.adminctl("diagnose")
            #expect(shown.standardOutput.contains("warning  project.ignoresShadow"))
            try await database.waitForIdleSessions()
        }
    }
}
