import Diagnosis
import Support
import Testing
import Wire

/// A migration that fails half-way: the error names what failed and what stands.
@Suite struct FailingMigrationTests {
    private static let bad = "op.execute(\"INSERT INTO notes (id) VALUES (1), (1)\")"

    @Test(arguments: [true, false]) func itSaysWhatIsRecorded(_ perMigration: Bool) async throws {
        let environment = SmallProject.environment(
            arguments: "transaction_per_migration=\(perMigration ? "True" : "False")")
        try await Workshop.with(
            environment: environment,
            arrange: { _, project in
                try project.revisions(3) { $0 == 2 ? Self.bad : "pass" }
            }
        ) { workshop in
            let recorded = perMigration ? ["a00000000000", "b00000000001"] : []
            let outcome = try await workshop.agent.adminctl("--json", "migrate")
            #expect(outcome.status == 1)
            #expect(outcome.standardOutput.isEmpty)
            let error = try outcome.failure()
            #expect(error["code"] == "migrationFailed")
            #expect(error["retryable"] == false)
            #expect(error["details"]?["revision"] == "b00000000002")
            #expect(error["details"]?["sqlstate"] == "23505")
            #expect(error["details"]?["statement"]?.stringValue?.contains("INSERT INTO notes") == true)
            #expect(error["details"]?["applied"]?.arrayValue?.map(\.stringValue) == recorded)
            #expect(try await workshop.steps() == recorded)

            let diagnosis = try await workshop.agent.diagnose()
            #expect(diagnosis.verdict == (perMigration ? .behind : .empty))
            #expect((diagnosis.versionTable.rows ?? []) == recorded.suffix(1).map(Optional.some))
            let job = try #require(try await workshop.agent.call(Jobs.self, .init()).jobs.first)
            #expect(job.state == .failed)
            #expect(job.error?.code == .migrationFailed)

            // Once the script is mended the rest runs, and nothing runs twice.
            try workshop.project.revision("b00000000002", down: "b00000000001")
            let result = try await workshop.agent.call(Migrate.self, .init())
            #expect(result.state == .succeeded)
            #expect(try await workshop.steps() == ["a00000000000", "b00000000001", "b00000000002", "b00000000003"])
        }
    }

    /// An autocommit block persists what stood before it; what is recorded is told, nothing is retried.
    @Test func afterAnAutocommitBlock() async throws {
        try await Workshop.with(arrange: { _, project in
            try project.revisions(2) {
                $0 == 1
                    ? """
                    with op.get_context().autocommit_block():
                        op.execute("CREATE INDEX CONCURRENTLY notes_text ON notes (text)")
                    \(Self.bad)
                    """ : "pass"
            }
        }) { workshop in
            let error = try await workshop.agent.refusal(Migrate.self, .init())
            #expect(error.code == .migrationFailed)
            #expect(error.details?["revision"] == "b00000000001")
            #expect(error.details?["sqlstate"] == "23505")
            #expect(error.details?["applied"] == ["a00000000000"])
            #expect(try await workshop.database.versions() == ["a00000000000"])
            #expect(try await workshop.database.value("SELECT to_regclass('notes_text')") == "notes_text")
            #expect(try await workshop.steps() == ["a00000000000"])
        }
    }

    /// A Python error has no SQLSTATE; it names file and line.
    @Test func aPythonError() async throws {
        try await Workshop.with(arrange: { _, project in
            try project.revisions(1) { _ in "raise ValueError('the data is not as expected')" }
        }) { workshop in
            let error = try await workshop.agent.refusal(Migrate.self, .init())
            #expect(error.code == .migrationFailed)
            #expect(error.message.contains("the data is not as expected"))
            #expect(error.details?["revision"] == "b00000000001")
            #expect(error.details?["sqlstate"] == nil)
            #expect(error.details?["file"]?.stringValue?.hasSuffix("b00000000001.py") == true)
            #expect(error.details?["line"]?.integerValue == 10)
        }
    }

    /// An env.py whose transaction is never committed ends without an error; the rows tell.
    @Test func aRunThatIsNotRecordedIsNoSuccess() async throws {
        let environment = SmallProject.environment(connected: "connection.begin()")
        try await Workshop.with(environment: environment) { workshop in
            let error = try await workshop.agent.refusal(Migrate.self, .init())
            #expect(error.code == .migrationFailed)
            #expect(error.details?["applied"] == [])
            #expect(try await workshop.database.value("SELECT to_regclass('notes')") == nil)
            #expect(try await workshop.agent.diagnose().verdict == .empty)
        }
    }

    @Test func theRunsDeadline() async throws {
        try await Workshop.with(arrange: { settings, project in
            settings.database = [Barrier.setting]
            try project.revisions(1) { _ in Barrier.python }
        }) { workshop in
            try await workshop.agent.call(Migrate.self, .init(to: [SmallProject.base]))
            try await Barrier.with(workshop.database) { barrier in
                let error = try await workshop.agent.refusal(Migrate.self, .init(runDeadlineMs: 2500))
                #expect(error.code == .deadlineExceeded)
                #expect(try await barrier.waiter() == nil)
                #expect(try await workshop.agent.diagnose().versionTable.rows == [SmallProject.base])
            }
            #expect(try await workshop.agent.call(Migrate.self, .init()).applied == ["b00000000001"])
        }
    }
}
