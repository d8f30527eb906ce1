import Diagnosis
import Support
import Testing
import Wire

/// A migration that fails after some revisions: the error names the failed revision and the recorded ones.
@Suite struct FailingMigrationTests {
    private static let bad = "op.execute(\"INSERT INTO notes (id) VALUES (1), (1)\")"

    @Test(arguments: [true, false]) func errorNamesTheRecordedRevisions(_ perMigration: Bool) async throws {
        let environment = SmallProject.environment(
            arguments: "transaction_per_migration=\(perMigration ? "True" : "False")")
        try await ProjectFixture.with(
            environment: environment,
            arrange: { _, project in
                try project.revisions(3) { $0 == 2 ? Self.bad : "pass" }
            }
        ) { fixture in
            let recorded = perMigration ? ["a00000000000", "b00000000001"] : []
            let outcome = try await fixture.agent.adminctl("--json", "migrate")
            #expect(outcome.status == 1)
            #expect(outcome.standardOutput.isEmpty)
            let error = try outcome.failure()
            #expect(error["code"] == "migrationFailed")
            #expect(error["retryable"] == false)
            #expect(error["details"]?["revision"] == "b00000000002")
            #expect(error["details"]?["sqlstate"] == "23505")
            #expect(error["details"]?["statement"]?.stringValue?.contains("INSERT INTO notes") == true)
            #expect(error["details"]?["applied"]?.arrayValue?.map(\.stringValue) == recorded)
            #expect(try await fixture.steps() == recorded)

            let diagnosis = try await fixture.agent.diagnose()
            #expect(diagnosis.verdict == (perMigration ? .behind : .empty))
            #expect((diagnosis.versionTable.rows ?? []) == recorded.suffix(1).map(Optional.some))
            let job = try #require(try await fixture.agent.call(Jobs.self, .init()).jobs.first)
            #expect(job.state == .failed)
            #expect(job.error?.code == .migrationFailed)

            // After the script is fixed, the remaining revisions run and none runs twice.
            try fixture.project.revision("b00000000002", down: "b00000000001")
            let result = try await fixture.agent.call(Migrate.self, .init())
            #expect(result.state == .succeeded)
            #expect(try await fixture.steps() == ["a00000000000", "b00000000001", "b00000000002", "b00000000003"])
        }
    }

    /// An autocommit block commits everything before it. The error names the recorded revisions, and nothing is retried.
    @Test func failureAfterAutocommitBlock() async throws {
        try await ProjectFixture.with(arrange: { _, project in
            try project.revisions(2) {
                $0 == 1
                    ? """
                    with op.get_context().autocommit_block():
                        op.execute("CREATE INDEX CONCURRENTLY notes_text ON notes (text)")
                    \(Self.bad)
                    """ : "pass"
            }
        }) { fixture in
            let error = try await fixture.agent.refusal(Migrate.self, .init())
            #expect(error.code == .migrationFailed)
            #expect(error.details?["revision"] == "b00000000001")
            #expect(error.details?["sqlstate"] == "23505")
            #expect(error.details?["applied"] == ["a00000000000"])
            #expect(try await fixture.database.versions() == ["a00000000000"])
            #expect(try await fixture.database.value("SELECT to_regclass('notes_text')") == "notes_text")
            #expect(try await fixture.steps() == ["a00000000000"])
        }
    }

    /// A Python error has no SQLSTATE; the error names the file and the line.
    @Test func pythonError() async throws {
        try await ProjectFixture.with(arrange: { _, project in
            try project.revisions(1) { _ in "raise ValueError('the data is not as expected')" }
        }) { fixture in
            let error = try await fixture.agent.refusal(Migrate.self, .init())
            #expect(error.code == .migrationFailed)
            #expect(error.message.contains("the data is not as expected"))
            #expect(error.details?["revision"] == "b00000000001")
            #expect(error.details?["sqlstate"] == nil)
            #expect(error.details?["file"]?.stringValue?.hasSuffix("b00000000001.py") == true)
            #expect(error.details?["line"]?.integerValue == 10)
        }
    }

    /// An env.py that never commits exits with status 0; the version rows show that nothing was recorded.
    @Test func unrecordedRunFails() async throws {
        let environment = SmallProject.environment(connected: "connection.begin()")
        try await ProjectFixture.with(environment: environment) { fixture in
            let error = try await fixture.agent.refusal(Migrate.self, .init())
            #expect(error.code == .migrationFailed)
            #expect(error.details?["applied"] == [])
            #expect(try await fixture.database.value("SELECT to_regclass('notes')") == nil)
            #expect(try await fixture.agent.diagnose().verdict == .empty)
        }
    }

    @Test func runDeadline() async throws {
        try await ProjectFixture.with(arrange: { settings, project in
            settings.database = [Barrier.setting]
            try project.revisions(1) { _ in Barrier.python }
        }) { fixture in
            try await fixture.agent.call(Migrate.self, .init(to: [SmallProject.base]))
            try await Barrier.with(fixture.database) { barrier in
                let error = try await fixture.agent.refusal(Migrate.self, .init(runDeadlineMs: 2500))
                #expect(error.code == .deadlineExceeded)
                #expect(try await barrier.waiter() == nil)
                #expect(try await fixture.agent.diagnose().versionTable.rows == [SmallProject.base])
            }
            #expect(try await fixture.agent.call(Migrate.self, .init()).applied == ["b00000000001"])
        }
    }
}
