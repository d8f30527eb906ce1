import Journal
import Plans
import Postgres
import Support
import Testing
import Wire

@testable import Jobs

/// Alignment without a database: it fails before anything is recorded as begun.
@Suite struct AlignmentJobTests {
    private static let column = AlignmentPlan.Column(schema: "public", table: "users", column: "name", type: "text")
    private static let plan = RecordedPlan(
        from: ["a"], to: ["a"], steps: [], schema: "public", table: "alembic_version", columns: [column])

    private static func job(_ fixture: JobsFixture) async throws -> (job: Job, alignment: AlignmentJob) {
        let job = try await fixture.admit("align")
        return (job, AlignmentJob(fixture.execution(job), .init()))
    }

    @Test func nothingIsKnownWithoutTheLock() async throws {
        try await JobsFixture.with { fixture in
            let (_, alignment) = try await Self.job(fixture)
            let outcome = try await alignment.outcomeWithoutRunning()
            #expect(outcome == nil)
        }
    }

    @Test func anUnreachableDatabase() async throws {
        try await JobsFixture.with { fixture in
            try fixture.writeProject()
            let (job, alignment) = try await Self.job(fixture)
            let error = await #expect(throws: JobsError.self) {
                _ = try await alignment.run(RunGuard(fixture.queue.database, job: job.id))
            }
            #expect(error?.code == .databaseUnavailable && error?.isRetryable == true)
            #expect(try await fixture.engine.journal.job(job.id)?.state == .queued, "it has not begun")
        }
    }

    /// The rows do not show whether columns were added: the catalog has to be read.
    @Test func aRecoveryNeedsTheCatalog() async throws {
        try await JobsFixture.with { fixture in
            try fixture.writeProject()
            let alignment = try await Self.job(fixture).alignment
            let conclusion = Conclusion(["a"], Self.plan, transaction: .committed)
            #expect(conclusion.isComplete)
            let error = await #expect(throws: JobsError.self) { _ = try await alignment.outcome(conclusion, nil) }
            #expect(error?.code == .outcomeUnknown)
        }
    }

    @Test func theColumnsOfAPlanSurviveARestart() throws {
        let text = try JobOutcome.json(Self.plan)
        let column = #"{"column":"name","schema":"public","table":"users","type":"text"}"#
        #expect(text.contains(#""columns":[\#(column)]"#))
        #expect(try JSONText.decode(RecordedPlan.self, from: text).columns == [Self.column])
        #expect(try JobOutcome.json(ScriptedJob.plan).contains("columns") == false)
    }

    @Test func theStoredParameters() throws {
        #expect(try JobOutcome.json(AlignmentJob.Parameters(plan: "p")) == #"{"plan":"p"}"#)
        #expect(try JobOutcome.json(RepairJob.Parameters(to: ["a"], plan: "p")) == #"{"plan":"p","to":["a"]}"#)
        #expect(try JobOutcome.json(RepairJob.Parameters(undo: "x")) == #"{"undo":"x"}"#)
    }

    /// Names in the journal: an agent of another version must recognize the jobs.
    @Test func theNamesOfTheKinds() {
        let names = [MigrationJob.name, RepairJob.name, AlignmentJob.name]
        #expect(names == ["migrate", "fixVersion", "align"])
        #expect(names == [Migrate.name, FixVersion.name, Align.name])
    }
}
