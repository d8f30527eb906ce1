import Diagnosis
import Postgres
import Support
import Synchronization
import Testing
import Wire

/// A job that gives up at a lock names the session that held it.
@Suite struct BlockerTests {
    private static let lockTimeout = "lock_timeout = \"1s\"\nlock_retries = 0"

    @Test func aMigrationNamesTheIdleTransaction() async throws {
        try await ProjectFixture.with { settings, project in
            settings.database = [Self.lockTimeout]
            try project.revisions(1) { _ in "op.execute('ALTER TABLE notes ADD COLUMN n text')" }
        } _: { fixture in
            let (agent, database) = (fixture.agent, fixture.database)
            try await agent.call(Migrate.self, .init(to: [SmallProject.base]))
            try await HeldTransaction.with(database.url, "SELECT 'secret' FROM notes", application: "report") {
                let pid = try #require(
                    try await database.value(
                        """
                        SELECT pid FROM pg_stat_activity
                        WHERE application_name = 'report' AND datname = current_database()
                        """))
                let error = try await agent.refusal(Migrate.self, .init())
                #expect(error.code == .conflict && error.retryable, "\(error)")
                #expect(error.message.contains("nothing was recorded"))
                #expect(error.message.contains("the lock was held by backend \(pid) (user "), "\(error)")
                #expect(error.message.contains("application report, idle in transaction, transaction open for "))
                #expect(
                    error.message.contains("SELECT pg_terminate_backend(\(pid)) would end the session and roll back"))
                // The statement of another session is only for those who may migrate.
                #expect(!error.message.contains("secret"))
                #expect(error.details?["blockers"]?.arrayValue?.first?["query"] == "SELECT 'secret' FROM notes")
                #expect(try await database.versions() == [SmallProject.base])
            }
            #expect(try await agent.call(Migrate.self, .init()).applied.count == 1)
            try await database.waitForIdleSessions()
        }
    }

    /// The first attempt is rolled back while another session holds the lock; a later one succeeds.
    @Test func aMigrationIsTriedAgain() async throws {
        try await ProjectFixture.with { settings, project in
            settings.database = ["lock_timeout = \"300ms\"\nlock_retries = 100"]
            try project.revisions(1) { _ in "op.execute('ALTER TABLE notes ADD COLUMN n text')" }
        } _: { fixture in
            let (agent, database) = (fixture.agent, fixture.database)
            try await agent.call(Migrate.self, .init(to: [SmallProject.base]))
            var job = ""
            try await HeldTransaction.with(database.url, "SELECT FROM notes", application: "report") {
                job = try await agent.call(Migrate.self, .init(wait: false)).job
                let attempts = Mutex<[Int]>([])
                let watching = Task { [job] in
                    try await agent.call(Watch.self, .init(job: job), stream: true) { event in
                        guard let progress = event.progress, progress.phase == .retrying else { return }
                        attempts.withLock { $0.append(progress.attempt ?? 0) }
                        #expect(progress.message?.contains("lock timeout") == true, "\(progress)")
                    }
                }
                try await eventually("there was a second attempt") { attempts.withLock { $0.starts(with: [2, 3]) } }
                watching.cancel()
            }
            let entry = try await agent.finishedJob(job)
            #expect(entry.state == .succeeded && entry.result?["applied"] == ["b00000000001"], "\(entry)")
        }
    }

    /// The revision before is committed, so that another run would not be the same.
    @Test func nothingIsTriedAgainAfterACommit() async throws {
        try await ProjectFixture.with { settings, project in
            settings.database = ["lock_timeout = \"300ms\"\nlock_retries = 100"]
            try project.revisions(2) { $0 == 2 ? "op.execute('ALTER TABLE notes ADD COLUMN n text')" : "pass" }
        } _: { fixture in
            let (agent, database) = (fixture.agent, fixture.database)
            try await agent.call(Migrate.self, .init(to: [SmallProject.base]))
            try await HeldTransaction.with(database.url, "SELECT FROM notes", application: "report") {
                let error = try await agent.refusal(Migrate.self, .init())
                #expect(!error.retryable && error.message.contains("1 of 2 revisions are recorded"), "\(error)")
            }
        }
    }

    @Test func aRepairNamesTheHolderOfTheVersionTable() async throws {
        try await ProjectFixture.with { settings, project in
            settings.database = [Self.lockTimeout]
            try project.revisions(1)
        } _: { fixture in
            let (agent, database) = (fixture.agent, fixture.database)
            try await agent.call(Migrate.self, .init())
            try await database.execute("INSERT INTO alembic_version VALUES ('\(SmallProject.base)')")
            // Reads are allowed, so that the repair can be planned.
            let lock = "LOCK TABLE alembic_version IN ROW EXCLUSIVE MODE"
            try await HeldTransaction.with(database.url, lock, application: "writer") {
                let error = try await agent.refusal(FixVersion.self, .init(apply: true))
                #expect(error.code == .conflict)
                #expect(error.message.contains("application writer, idle in transaction"), "\(error)")
                #expect(error.details?["blockers"]?.arrayValue?.first?["application"] == "writer")
                #expect(error.details?["blockers"]?.arrayValue?.first?["query"] == nil)
                let finding = try await agent.diagnose().findings.first { $0.code == "server.migrating" }
                #expect(finding?.message.contains("has changed or locked") == true)
            }
            #expect(try await agent.call(FixVersion.self, .init(apply: true)).state == .applied)
        }
    }
}
