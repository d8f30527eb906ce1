import Diagnosis
import Schema
import Support
import Testing
import Wire

/// Pending revisions of which the database has something already: a trial in the shadow says whether they run.
@Suite("trial of pending revisions") struct RevisionTrialTests {
    /// - Parameter last: the statements of the last of three revisions.
    private static func with(
        _ last: String, isolation: isolated (any Actor)? = #isolation,
        _ body: (ProjectFixture) async throws -> Void
    ) async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with { settings, project in
            settings.shadow = shadow
            try project.revisions(2) {
                $0 == 1 ? "op.execute(\"CREATE TABLE t (id int PRIMARY KEY)\")" : last
            }
        } _: { fixture in
            try await fixture.agent.diagnoseAfterReplay()
            try await body(fixture)
        }
    }

    /// Waits for the trial.
    private static func finding(_ code: String, in agent: AgentFixture, containing text: String) async throws -> Finding
    {
        var found: Finding?
        try await eventually("\(code) with \(text)", deadline: .seconds(120)) {
            found = try await agent.diagnose().findings.first { $0.code == code && $0.message.contains(text) }
            return found != nil
        }
        return try #require(found)
    }

    @Test func migrateRefusesWhatFailsForCertain() async throws {
        try await Self.with("op.execute(\"ALTER TABLE t ADD COLUMN a int, ADD COLUMN b int\")") { fixture in
            let (agent, database) = (fixture.agent, fixture.database)
            try await agent.call(Migrate.self, .init(to: ["b00000000001"]))
            try await database.execute("ALTER TABLE t ADD COLUMN b int")
            let refusal = try await agent.refusal(Migrate.self, .init())
            #expect(refusal.code == .precondition && refusal.message.contains("b00000000002 would fail with 42701"))
            #expect(try await database.versions() == ["b00000000001"])
            let finding = try await Self.finding("schema.alreadyExists", in: agent, containing: "fails with 42701 (")
            #expect(finding.severity == .error && finding.message.contains("column \"b\""))
            // What does not include the revision runs.
            try await agent.call(Migrate.self, .init(to: ["b00000000001"]))
            try await database.execute("ALTER TABLE t DROP COLUMN b")
            try await agent.call(Migrate.self, .init())
            #expect(try await agent.diagnose().verdict == .inSync)
        }
    }

    @Test func revisionsThatSkipWhatExistsRun() async throws {
        try await Self.with(
            "op.execute(\"CREATE INDEX IF NOT EXISTS i ON t (id)\")\nop.execute(\"ALTER TABLE t ADD COLUMN a int\")"
        ) { fixture in
            let (agent, database) = (fixture.agent, fixture.database)
            try await agent.call(Migrate.self, .init(to: ["b00000000001"]))
            try await database.execute("CREATE INDEX i ON t (id)")
            let finding = try await Self.finding("schema.alreadyExists", in: agent, containing: "run nevertheless")
            #expect(finding.severity == .warning && finding.remedy.contains("adminctl --database main migrate"))
            try await agent.call(Migrate.self, .init())
            #expect(try await agent.diagnose().verdict == .inSync)
        }
    }

    /// `alembic downgrade base` drops tables, and leaves the types of their columns.
    @Test func aTypeThatADowngradeLeftIsDropped() async throws {
        try await Self.with("op.execute(\"CREATE TYPE mood AS ENUM ('a', 'b')\")") { fixture in
            let (agent, database) = (fixture.agent, fixture.database)
            try await database.execute("CREATE TYPE mood AS ENUM ('a', 'b')")
            let refusal = try await agent.refusal(Migrate.self, .init())
            #expect(refusal.code == .precondition && refusal.message.contains("42710"))
            let finding = try await Self.finding("schema.alreadyExists", in: agent, containing: "fails with 42710")
            let statement = try #require(
                finding.remedy.split(separator: "\n").first { $0.hasPrefix("DROP TYPE ") }.map(String.init))
            try await database.execute(statement)
            try await agent.call(Migrate.self, .init())
            #expect(try await agent.diagnose().verdict == .inSync)
        }
    }

    /// The rows were set back: the same revisions fail, and `fixVersion` proposes what the schema shows.
    @Test func staleRowsAreRepairedWithoutAChoice() async throws {
        try await Self.with("op.execute(\"ALTER TABLE t ADD COLUMN a int\")") { fixture in
            let (agent, database) = (fixture.agent, fixture.database)
            try await agent.call(Migrate.self, .init())
            try await database.execute("UPDATE alembic_version SET version_num = 'b00000000001'")
            #expect(try await agent.refusal(Migrate.self, .init()).code == .precondition)
            #expect(try await agent.call(Plan.self, .init()).findings.map(\.code).contains("version.rows.stale"))
            let plan = try await agent.call(FixVersion.self, .init())
            #expect(plan.after == ["b00000000002"])
            try await agent.call(FixVersion.self, .init(apply: true))
            #expect(try await agent.diagnose().verdict == .inSync)
        }
    }
}
