import Diagnosis
import Postgres
import Schema
import Support
import Testing
import Wire

/// A hot standby: reads work, mutations are refused.
@Suite struct StandbyTests {
    @Test func hotStandbyIsDiagnosedAndNotMigrated() async throws {
        let shadow = try await ShadowFixture.settings()
        try await TestSlots.with {
            let settings = EmbeddedCluster.Settings(
                parameters: ["wal_level": "replica"], accessRules: ["local replication all trust"])
            try await TestCluster.own(settings) { primary in
                let source = TestDatabase(url: await primary.url())
                try await Standby.with(of: primary) { standby in
                    let replica = TestDatabase(url: await standby.url())
                    try await AgentFixture.with { folder in
                        let project = try SmallProject(in: folder)
                        try project.revision(
                            "b00000000001", down: SmallProject.base,
                            "op.execute(\"ALTER TABLE notes ADD COLUMN extra text DEFAULT 'x' CHECK (extra <> '')\")")
                        return AgentFixture.Settings(
                            url: source.url, project: project.path, environment: SmallProject.variables,
                            tables: [
                                "[databases.replica]", "project = \"\(project.path)\"",
                                "python = \"\(TestPython.interpreter)\"", "url = \"\(replica.url)\"",
                                "environment = { DATABASE_URL = \"${url+psycopg}\" }",
                            ], shadow: shadow)
                    } body: { agent in
                        try await Self.follow(agent, source, replica)
                    }
                }
            }
        }
    }

    private static func follow(_ agent: AgentFixture, _ source: TestDatabase, _ replica: TestDatabase) async throws {
        func diagnose() async throws -> Diagnose.Result {
            try await agent.call(Diagnose.self, .init(maxAgeMs: 0), database: "replica")
        }
        func verify() async throws -> Verify.Result {
            try await agent.call(Verify.self, .init(), database: "replica")
        }
        try await agent.call(Migrate.self, .init(to: [SmallProject.base]), database: "main")
        try await eventually(
            "the standby has the first revision, and the migrations are replayed", deadline: .seconds(120)
        ) {
            let diagnosis = try await diagnose()
            return diagnosis.versionTable.rows == [SmallProject.base] && diagnosis.schema.sources.migrations
        }
        let behind = try await diagnose()
        #expect(behind.verdict == .behind && behind.server?.inRecovery == true)
        #expect(behind.schema.differences == [] && behind.schema.notComparable == [])
        #expect(behind.findings.contains { $0.code == "server.readOnly" && $0.severity == .warning })
        #expect(try await verify().verdict == .behind)

        for refusal in [
            try await agent.refusal(Migrate.self, .init(), database: "replica"),
            try await agent.refusal(FixVersion.self, .init(apply: true, to: ["b00000000001"]), database: "replica"),
        ] {
            #expect(refusal.code == .precondition, "\(refusal)")
            #expect(refusal.message.contains("standby"), "\(refusal)")
        }
        #expect(try await replica.versions() == [SmallProject.base])

        try await agent.call(Migrate.self, .init(), database: "main")
        try await source.execute("ALTER TABLE notes ALTER COLUMN extra SET DEFAULT 'y'")
        try await source.execute("ALTER TABLE notes DROP COLUMN text")
        try await eventually("the standby shows the manual changes") {
            let differences = try await diagnose().schema.differences?.map(\.summary)
            return differences == ["missingColumn notes.text drift breaking", "default notes.extra drift"]
        }
        #expect(try await verify().verdict == .drifted)
        #expect(
            try await agent.refusal(Align.self, .init(apply: true), database: "replica").code == .precondition)
        try await replica.waitForIdleSessions()
        try await source.waitForIdleSessions()
    }
}
