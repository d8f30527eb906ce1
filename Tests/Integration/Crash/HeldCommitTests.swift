import Postgres
import Support
import Testing
import Wire

/// The agent is killed while a synchronous standby holds back the COMMIT of a repair.
@Suite struct HeldCommitTests {
    private static let head = "b00000000001"

    @Test func aRepairThatBecomesVisibleLate() async throws {
        try await TestSlots.with {
            let settings = EmbeddedCluster.Settings(
                parameters: ["wal_level": "replica", "synchronous_commit": "on"],
                accessRules: ["local replication all trust"])
            try await TestCluster.own(settings) { primary in
                let database = TestDatabase(url: await primary.url())
                try await Standby.with(of: primary) { standby in
                    try await AgentFixture.with { folder in
                        let project = try SmallProject(in: folder)
                        try project.revisions(1)
                        return AgentFixture.Settings(
                            url: database.url, project: project.path, environment: SmallProject.variables)
                    } body: { agent in
                        try await agent.call(Migrate.self, .init())
                        try await database.execute("INSERT INTO alembic_version VALUES ('\(SmallProject.base)')")
                        try await Self.requireStandby(database)
                        try await Self.followRepair(agent, database, standby)
                    }
                }
            }
        }
    }

    /// From now on no COMMIT returns before the standby has it.
    private static func requireStandby(_ database: TestDatabase) async throws {
        try await database.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        try await database.execute("SELECT pg_reload_conf()")
        try await eventually("the standby is synchronous", deadline: .seconds(60)) {
            try await database.value("SELECT sync_state FROM pg_stat_replication") == "sync"
        }
    }

    private static func followRepair(
        _ agent: AgentFixture, _ database: TestDatabase, _ standby: EmbeddedCluster
    ) async throws {
        let damaged = try await database.versions()
        try await standby.stop()
        async let repair = try? agent.call(FixVersion.self, .init(apply: true))
        try await eventually("COMMIT waits for the standby", deadline: .seconds(60)) {
            try await database.value("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'") != nil
        }
        try await agent.kill()
        #expect(await repair == nil)
        try await agent.start()
        let job = try #require(
            try await agent.call(Jobs.self, .init()).jobs.first { $0.command == FixVersion.name })
        // Nobody sees the repair yet, and nothing else may be run.
        #expect(try await database.versions() == damaged)
        let refused = try await agent.refusal(FixVersion.self, .init(apply: true), deadline: 1_000)
        #expect(refused.code == .conflict && refused.message.contains("schemad fixVersion \(job.id)"), "\(refused)")
        let held = try #require(try await agent.call(Jobs.self, .init(id: job.id)).jobs.first)
        #expect(held.state == .running && held.error == nil)

        try await standby.start()
        let entry = try await agent.finishedJob(job.id)
        #expect(entry.state == .succeeded, "\(entry)")
        #expect(entry.result?["repair"] == .string(job.id))
        #expect(try await database.versions() == [head])
        let undone = try await agent.call(FixVersion.self, .init(undo: job.id))
        #expect(undone.state == .undone)
        #expect(try await database.versions() == damaged)
    }
}
