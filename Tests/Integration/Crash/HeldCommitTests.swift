import Postgres
import Support
import Testing
import Wire

/// A synchronous standby holds back a COMMIT: while it waits, the agent is killed, or the connection is lost.
@Suite struct HeldCommitTests {
    private static let head = "b00000000001"

    /// An agent for a database with a synchronous standby, which stops when `stop` is called.
    private struct Setting {
        let agent: AgentFixture
        let database: TestDatabase
        let standby: EmbeddedCluster

        /// Runs the body while the COMMIT of a request waits for the standby.
        ///
        /// - Returns: the request's result; nil when it failed.
        func whileCommitWaits<Result: Sendable>(
            _ request: @escaping @Sendable () async throws -> Result, _ body: (_ pid: String) async throws -> Void
        ) async throws -> Result? {
            try await standby.stop()
            let running = Task { try? await request() }
            var pid: String?
            try await eventually("COMMIT waits for the standby", deadline: .seconds(60)) {
                pid = try await database.value("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
                return pid != nil
            }
            try await body(pid ?? "")
            return await running.value
        }

        func job(_ command: String) async throws -> JobEntry {
            try #require(try await agent.call(Jobs.self, .init()).jobs.first { $0.command == command })
        }

        /// A redundant row.
        func damage() async throws {
            try await database.execute("INSERT INTO alembic_version VALUES ('\(SmallProject.base)')")
        }
    }

    /// - Parameter target: the revisions that are recorded before.
    private static func with(to target: String, _ body: (Setting) async throws -> Void) async throws {
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
                        try await agent.call(Migrate.self, .init(to: [target]))
                        try await Self.requireStandby(database)
                        try await body(Setting(agent: agent, database: database, standby: standby))
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

    /// The repair becomes visible after the agent has started again.
    @Test func aRepairThatBecomesVisibleLate() async throws {
        try await Self.with(to: Self.head) { setting in
            let (agent, database) = (setting.agent, setting.database)
            try await setting.damage()
            let damaged = try await database.versions()
            _ = try await setting.whileCommitWaits {
                try await agent.call(FixVersion.self, .init(apply: true))
            } _: { _ in
                try await agent.kill()
                try await agent.start()
                let job = try await setting.job(FixVersion.name)
                // Nobody sees the repair yet, and nothing else may be run.
                #expect(try await database.versions() == damaged)
                let refused = try await agent.refusal(FixVersion.self, .init(apply: true), deadline: 1_000)
                #expect(
                    refused.code == .conflict && refused.message.contains("schemad fixVersion \(job.id)"), "\(refused)")
                let held = try #require(try await agent.call(Jobs.self, .init(id: job.id)).jobs.first)
                #expect(held.state == .running && held.error == nil)
                #expect(held.steps?.map(\.step) == [.admitted, .started, .committing])

                try await setting.standby.start()
                let entry = try await agent.finishedJob(job.id)
                #expect(entry.state == .succeeded && entry.result?["repair"] == .string(job.id), "\(entry)")
                #expect(try await database.versions() == [Self.head])
                #expect(try await agent.call(FixVersion.self, .init(undo: job.id)).state == .undone)
                #expect(try await database.versions() == damaged)
            }
        }
    }

    /// The server executes COMMIT, but its reply never arrives.
    @Test func aRepairWhoseReplyWasLost() async throws {
        try await Self.with(to: Self.head) { setting in
            let (agent, database) = (setting.agent, setting.database)
            try await setting.damage()
            let damaged = try await database.versions()
            let repair = try await setting.whileCommitWaits {
                try await agent.call(FixVersion.self, .init(apply: true))
            } _: { pid in
                try await database.execute("SELECT pg_terminate_backend(\(pid))")
            }
            #expect(repair?.state == .applied && repair?.after == [Self.head])
            try await setting.standby.start()
            #expect(try await agent.call(FixVersion.self, .init(undo: repair?.repair)).state == .undone)
            #expect(try await database.versions() == damaged)
        }
    }

    @Test func aMigrationWhoseReplyWasLost() async throws {
        try await Self.with(to: SmallProject.base) { setting in
            let (agent, database) = (setting.agent, setting.database)
            let result = try await setting.whileCommitWaits {
                try await agent.call(Migrate.self, .init())
            } _: { pid in
                try await database.execute("SELECT pg_terminate_backend(\(pid))")
            }
            #expect(result?.applied == [Self.head] && result?.note == nil)
            #expect(try await database.versions() == [Self.head])
            try await setting.standby.start()
        }
    }

    /// The agent is killed while COMMIT waits: the revision is this run's, whoever asks later.
    @Test func aMigrationThatBecomesVisibleLate() async throws {
        try await Self.with(to: SmallProject.base) { setting in
            let (agent, database) = (setting.agent, setting.database)
            _ = try await setting.whileCommitWaits {
                try await agent.call(Migrate.self, .init())
            } _: { _ in
                try await agent.kill()
                try await agent.start()
                let job = try await setting.job(Migrate.name)
                #expect(job.state == .running)
                try await setting.standby.start()
                let entry = try await agent.finishedJob(job.id)
                #expect(entry.state == .succeeded && entry.result?["applied"] == [.string(Self.head)], "\(entry)")
                let steps = try #require(try await agent.call(Jobs.self, .init(id: job.id)).jobs.first?.steps)
                #expect(
                    steps.map(\.step) == [
                        .admitted, .started, .connected, .revisionStarted, .committing, .concluded,
                    ], "\(steps)")
                #expect(steps[4].revision == Self.head && steps[4].xid != nil && steps[4].scriptHash?.count == 64)
                #expect(try await database.versions() == [Self.head])
            }
        }
    }
}
