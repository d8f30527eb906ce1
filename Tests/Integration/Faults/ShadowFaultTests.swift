import Diagnosis
import Glibc
import Support
import Testing
import Wire

/// A shadow that cannot be had, and an env.py that does not go there.
@Suite struct ShadowFaultTests {
    /// Runs the agent in a mount namespace of its own, where the lines have been run first.
    private static func launcher(_ lines: String) -> [String] {
        ["unshare", "--mount", "sh", "-c", "set -e\n\(lines)\nexec \"$@\"", "sh"]
    }

    static func canMount() async -> Bool {
        let outcome = try? await Program.run("unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"])
        return outcome?.status == 0
    }

    private static func finding(_ workshop: Workshop) async throws -> Finding {
        var finding: Finding?
        try await eventually("the shadow is given up", deadline: .seconds(120)) {
            finding = try await workshop.agent.diagnose().findings.first { $0.code == "shadow.unavailable" }
            return finding != nil
        }
        // Without a replay names, types and nullability are compared, and nothing is taken for equal that was not.
        let diagnosis = try await workshop.agent.diagnose()
        #expect(diagnosis.healthy && diagnosis.verdict == .inSync && diagnosis.schemaMatch == true)
        #expect(!diagnosis.schema.sources.migrations)
        #expect(diagnosis.findings.contains { $0.code == "schema.notCompared" && $0.severity == .info })
        #expect(try await workshop.agent.refusal(Align.self, .init()).code == .precondition)
        try await workshop.database.eventuallyQuiet()
        return try #require(finding)
    }

    @Test func aShadowServerThatDoesNotAnswer() async throws {
        try await Workshop.with { settings, _ in
            settings.shadow = ["url = \"postgresql://127.0.0.1:1/nothing\""]
        } _: { workshop in
            try await workshop.agent.call(Migrate.self, .init())
            let finding = try await Self.finding(workshop)
            #expect(finding.severity == .warning && finding.message.contains("no database can be made in the shadow"))
        }
    }

    @Test(.enabled("mounting takes root") { await canMount() }) func aHostWithoutServerPrograms() async throws {
        try await Workshop.with { settings, _ in
            settings.shadow = []
            settings.launcher = Self.launcher("mount -t tmpfs none /usr/lib/postgresql")
        } _: { workshop in
            try await workshop.agent.call(Migrate.self, .init())
            let finding = try await Self.finding(workshop)
            #expect(finding.severity == .info && finding.message.contains("initdb and postgres are not installed"))
            let shown = try await workshop.agent.adminctl("diagnose", "--fresh", "--strict")
            #expect(shown.status == 0 && shown.standardOutput.contains("note: The migrations were not replayed"))
        }
    }

    @Test(.enabled("mounting takes root") { await canMount() }) func aDiskThatIsFull() async throws {
        try await Workshop.with { settings, project in
            let folder = project.folder.path("full")
            settings.shadow = []
            settings.launcher = Self.launcher(
                "mkdir -p \(folder)\nmount -t tmpfs -o size=4m,mode=1777 none \(folder)\nchmod 711 \(project.folder.path)\n"
                    + "export TMPDIR=\(folder)")
        } _: { workshop in
            try await workshop.agent.call(Migrate.self, .init())
            let finding = try await Self.finding(workshop)
            #expect(finding.severity == .warning)
            #expect(finding.evidence.contains { $0.contains("No space left on device") }, "\(finding)")
        }
    }

    /// A URL written down in env.py: right for the database itself, and deadly for a replay that does not prove it.
    @Test func envThatIgnoresTheShadow() async throws {
        let shadow = try await Shadowed.shadow()
        try await Workshop.with(environment: "raise RuntimeError('not yet written')", starts: false) { settings, _ in
            settings.shadow = shadow
        } _: { workshop in
            let (agent, database) = (workshop.agent, workshop.database)
            let address = database.url.replacing("postgresql:", with: "postgresql+psycopg:", maxReplacements: 1)
            try agent.folder.write(
                "project/migrations/env.py", SmallProject.environment(url: "\"\(address)\""))
            try await agent.start()
            try await agent.call(Migrate.self, .init())
            try workshop.project.revision("b00000000001", down: SmallProject.base)
            var finding: Finding?
            try await eventually("the replay was refused", deadline: .seconds(120)) {
                finding = try await agent.diagnose().findings.first { $0.code == "project.ignoresShadow" }
                return finding != nil
            }
            #expect(finding?.severity == .warning)
            let name = try #require(try await database.value("SELECT current_database()"))
            #expect(finding?.evidence.contains { $0.contains(name) } == true, "\(String(describing: finding))")
            // Nothing ran there.
            #expect(try await workshop.steps() == [SmallProject.base])
            #expect(try await database.versions() == [SmallProject.base])
            let diagnosis = try await agent.diagnose()
            #expect(diagnosis.verdict == .behind && diagnosis.schema.differences == [])
            #expect(!diagnosis.schema.sources.migrations)
            let shown = try await agent.adminctl("diagnose")
            #expect(shown.standardOutput.contains("warning  project.ignoresShadow"))
            try await database.eventuallyQuiet()
        }
    }
}
