import Diagnosis
import Postgres
import Support
import Testing
import Wire

/// A plain `alembic upgrade`, for example of a container, works on the database at the same time.
@Suite struct ForeignRunnerTests {
    private static let head = "b00000000001"

    /// Runs the body while `alembic upgrade` waits at the barrier in the revision after the base.
    ///
    /// - Returns: the exit status of alembic.
    private static func whileAlembicWaits(
        _ fixture: ProjectFixture, to target: String = "heads", _ body: (Barrier) async throws -> Void
    ) async throws -> Int32 {
        let url = try DatabaseAddress(fixture.database.url).url(driver: "psycopg")
        let folder = fixture.project.path
        return try await Barrier.with(fixture.database) { barrier in
            async let alembic = Program.run(
                TestPython.interpreter, ["-m", "alembic", "upgrade", target],
                environment: ["DATABASE_URL": url, "PGAPPNAME": "container", "PYTHONDONTWRITEBYTECODE": "1"],
                folder: folder)
            let outcome: Result<Void, any Error>
            do {
                try await barrier.reached()
                outcome = .success(try await body(barrier))
            } catch {
                outcome = .failure(error)
            }
            await barrier.open()
            let ended = try await alembic
            try outcome.get()
            return ended.status
        }
    }

    /// Waits until a session of the agent's run waits for a lock.
    private static func waitForOurRun(_ fixture: ProjectFixture) async throws {
        try await eventually("our run waits for a lock", deadline: .seconds(60)) {
            try await fixture.database.value(
                """
                SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'schemad migrate %'
                AND wait_event_type = 'Lock' AND datname = current_database()
                """) != nil
        }
    }

    /// Both run the same revision; alembic commits first. `arguments` are those of `context.configure`.
    @Test(arguments: ["transaction_per_migration=True", ""])
    func alembicReachesTheHeadFirst(arguments: String) async throws {
        try await ProjectFixture.with(environment: SmallProject.environment(arguments: arguments)) {
            settings, project in
            settings.database = [Barrier.setting]
            try project.revisions(1) { _ in Barrier.python }
        } _: { fixture in
            let agent = fixture.agent
            var ours: Program.Outcome?
            let alembic = try await Self.whileAlembicWaits(fixture) { barrier in
                async let migrate = agent.adminctl("migrate")
                try await Self.waitForOurRun(fixture)
                await barrier.open()
                ours = try await migrate
            }
            let shown = try #require(ours)
            #expect(alembic == 0)
            #expect(shown.status == 0, "\(shown.standardError)")
            #expect(shown.standardOutput.contains("another session migrated database main meanwhile"))
            #expect(!shown.standardOutput.contains("migrated: "), "\(shown.standardOutput)")
            #expect(try await fixture.database.versions() == [Self.head])
            #expect(try await fixture.steps() == [SmallProject.base, Self.head])
            let job = try #require(try await agent.call(Jobs.self, .init()).jobs.first)
            #expect(job.result?["applied"] == [] && job.result?["to"] == .array([.string(Self.head)]))
        }
    }

    /// alembic goes only a part of the way: what is left is for another run.
    @Test func alembicRecordsSomeRevisions() async throws {
        try await ProjectFixture.with {
            settings, project in
            settings.database = [Barrier.setting]
            try project.revisions(2) { $0 == 1 ? Barrier.python : "pass" }
        } _: { fixture in
            let agent = fixture.agent
            var refusal: WireError?
            _ = try await Self.whileAlembicWaits(fixture, to: Self.head) { barrier in
                async let refused = agent.refusal(Migrate.self, .init())
                try await Self.waitForOurRun(fixture)
                await barrier.open()
                refusal = try await refused
            }
            let error = try #require(refusal)
            #expect(error.code == .conflict && error.retryable && error.code.exitStatus == 75)
            #expect(error.message.contains("another session migrated database main meanwhile"), "\(error)")
            #expect(error.message.contains("the rows are now \(Self.head)") && error.message.contains("'migrate'"))
            #expect(error.details?["applied"] == [])
            #expect(try await agent.call(Migrate.self, .init()).applied == ["b00000000002"])
            #expect(try await fixture.steps() == [SmallProject.base, Self.head, "b00000000002"])
        }
    }

    /// In one transaction, nothing of a first migration is visible before its end. The diagnosis says who is at work, and
    /// a run gives up with the name of the session that it waited for.
    @Test func aFirstMigrationIsAtWork() async throws {
        try await ProjectFixture.with(environment: SmallProject.environment(arguments: "")) { settings, project in
            settings.database = ["lock_timeout = \"1s\"\nlock_retries = 0"]
            try project.revisions(1) { _ in Barrier.python }
        } _: { fixture in
            let agent = fixture.agent
            _ = try await Self.whileAlembicWaits(fixture) { barrier in
                let pid = try #require(try await barrier.waiter())
                let diagnosis = try await agent.diagnose()
                #expect(diagnosis.verdict == .empty)
                let finding = try #require(diagnosis.findings.first { $0.code == "server.migrating" })
                #expect(finding.severity == .warning && finding.message.contains("backend \(pid)"))
                #expect(finding.evidence.first?.contains("application container, since 2") == true, "\(finding)")

                let error = try await agent.refusal(Migrate.self, .init())
                #expect(error.code == .conflict && error.retryable)
                #expect(error.message.contains("the lock was held by backend \(pid)"), "\(error)")
                #expect(error.message.contains("application container"))
                #expect(error.message.contains("SELECT pg_terminate_backend(\(pid)) would end"))
                #expect(error.details?["applied"] == [])
            }
            #expect(try await agent.diagnose().verdict == .inSync)
            #expect(try await agent.diagnose().findings.allSatisfy { $0.code != "server.migrating" })
        }
    }

    /// A later revision has locked a table as DDL does.
    @Test func alembicChangesATable() async throws {
        try await ProjectFixture.with { _, project in
            try project.revisions(1) { _ in "op.execute('ALTER TABLE notes ADD COLUMN n text')\n" + Barrier.python }
        } _: { fixture in
            let agent = fixture.agent
            _ = try await Self.whileAlembicWaits(fixture) { _ in
                let diagnosis = try await agent.diagnose()
                #expect(diagnosis.verdict == .behind && diagnosis.versionTable.rows == [SmallProject.base])
                let finding = try #require(diagnosis.findings.first { $0.code == "server.migrating" })
                #expect(finding.evidence.contains("locked as for DDL: notes"), "\(finding)")
            }
            #expect(try await agent.diagnose().versionTable.rows == [Self.head])
        }
    }
}
