import Journal
import Plans
import Postgres
import Revisions
import Support
import Testing
import Wire

@testable import Jobs

/// How each kind of job is concluded after a crash, from the rows that were found.
@Suite struct RecoveryTests {
    private static let graph = RevisionGraph("a", "b:a")
    private static let migration = RecordedPlan(
        from: ["a"], to: ["b"], steps: ["b"], schema: "public", table: "alembic_version")
    private static let repair = RecordedPlan(
        from: ["a", "b"], to: ["b"], steps: [], schema: "public", table: "alembic_version")

    private static func execution(_ fixture: JobsFixture, _ command: String) async throws -> JobExecution {
        fixture.execution(try await fixture.admit(command))
    }

    @Test func aMigrationThatFinished() async throws {
        try await JobsFixture.with { fixture in
            let job = MigrationJob(try await Self.execution(fixture, "migrate"), .init())
            let outcome = try await job.outcome(
                Conclusion(["b"], Self.migration, own: ["b"], graph: Self.graph), nil)
            #expect(outcome.state == .succeeded)
            #expect(outcome.result?.contains(#""applied":["b"]"#) == true)
        }
    }

    @Test func aMigrationThatDidNotFinish() async throws {
        try await JobsFixture.with { fixture in
            let job = MigrationJob(try await Self.execution(fixture, "migrate"), .init())
            let error = await #expect(throws: JobsError.self) {
                try await job.outcome(Conclusion(["a"], Self.migration, graph: Self.graph), nil)
            }
            #expect(error?.code == .migrationFailed)
            #expect(error?.message.contains("nothing was recorded") == true)
        }
    }

    /// A repair that was applied can be undone, although the agent ended before it could say so.
    @Test func aRepairThatFinished() async throws {
        try await JobsFixture.with { fixture in
            let execution = try await Self.execution(fixture, "fixVersion")
            let outcome = try RepairJob(execution, .init()).outcome(
                Conclusion(["b"], Self.repair, transaction: .committed), nil)
            #expect(outcome.state == .succeeded && outcome.undone == nil)
            #expect(outcome.repair?.id == execution.job.id)
            #expect(outcome.repair?.before == #"["a","b"]"# && outcome.repair?.after == #"["b"]"#)
        }
    }

    @Test func anUndoThatFinished() async throws {
        try await JobsFixture.with { fixture in
            let execution = try await Self.execution(fixture, "fixVersion")
            let outcome = try RepairJob(execution, .init(undo: "earlier")).outcome(
                Conclusion(["b"], Self.repair, transaction: .committed), nil)
            #expect(outcome.undone == "earlier" && outcome.repair == nil)
            #expect(outcome.result?.contains(#""state":"undone""#) == true)
        }
    }

    /// What another agent did is not this job's: the rows are those of a success, but its transaction is not the reason.
    @Test func whatOthersDidIsNotClaimed() async throws {
        try await JobsFixture.with { fixture in
            let job = MigrationJob(try await Self.execution(fixture, "migrate"), .init())
            let outcome = try await job.outcome(Conclusion(["b"], Self.migration, graph: Self.graph), nil)
            let result = try JSONText.decode(Migrate.Result.self, from: outcome.result ?? "")
            #expect(result.applied == [] && result.note?.contains("another session migrated") == true)
            let repair = RepairJob(try await Self.execution(fixture, "fixVersion"), .init())
            for status in [.aborted, nil] as [TransactionStatus?] {
                #expect(throws: JobsError.self) {
                    try repair.outcome(Conclusion(["b"], Self.repair, transaction: status), nil)
                }
            }
        }
    }

    /// A repair that was committed stays one when the rows have moved on.
    @Test func aRepairThatIsFoundLate() async throws {
        try await JobsFixture.with { fixture in
            let execution = try await Self.execution(fixture, "fixVersion")
            let outcome = try RepairJob(execution, .init()).outcome(
                Conclusion(["c"], Self.repair, transaction: .committed), nil)
            #expect(outcome.state == .succeeded && outcome.repair?.after == #"["b"]"#)
        }
    }

    /// The plan that a job records survives a restart as it was.
    @Test func theRecordedPlanIsReadBack() throws {
        var plan = RecordedPlan(from: ["a", nil], to: [], steps: ["b"], schema: nil, table: "v")
        plan.columns = [AlignmentPlan.Column(schema: "s", table: "t", column: "c", type: "text")]
        let text = try JobOutcome.json(plan)
        #expect(text.contains(#""from":["a",null]"#))
        let json = try JSONText.decode(RecordedPlan.self, from: text)
        #expect(json == plan)
    }
}
