import Journal
import Support
import Testing
import Wire

@testable import Jobs

/// What happens when the beginning or the end of a job cannot be recorded.
@Suite struct JournalFailureTests {
    @Test func aPlanIsRecordedBeforeAnythingChanges() async throws {
        try await JobsFixture.with { fixture in
            let execution = fixture.execution(try await fixture.admit())
            try await execution.begin(ScriptedJob.plan)
            let job = try #require(try await fixture.engine.journal.job(execution.job.id))
            #expect(job.state == .running && job.startedAt != nil)
            #expect(try JSONText.decode(RecordedPlan.self, from: job.context ?? "") == ScriptedJob.plan)
        }
    }

    /// A job that has begun, ended or was never recorded cannot begin.
    @Test func aJobBeginsOnce() async throws {
        try await JobsFixture.with { fixture in
            let execution = fixture.execution(try await fixture.admit())
            try await execution.begin(ScriptedJob.plan)
            let again = await #expect(throws: JobsError.self) { try await execution.begin(ScriptedJob.plan) }
            #expect(again?.code == .internal && again?.message.contains("it is running") == true)
            var job = execution.job
            job.id = "unknown"
            let unknown = await #expect(throws: JobsError.self) {
                try await fixture.execution(job).begin(ScriptedJob.plan)
            }
            #expect(unknown?.code == .internal)
        }
    }

    @Test func aJournalThatCannotBeWrittenStopsTheJob() async throws {
        try await JobsFixture.with { fixture in
            let execution = fixture.execution(try await fixture.admit())
            try await fixture.engine.journal.close()
            let error = await #expect(throws: JobsError.self) { try await execution.begin(ScriptedJob.plan) }
            #expect(error?.code == .degraded && error?.isRetryable == true)
        }
    }

    /// A job is not settled twice: the first outcome stays.
    @Test func theFirstOutcomeStays() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.admit()
            await fixture.engine.record(try JobOutcome.succeeded(["done"]), of: job)
            await fixture.engine.record(.failed(JobsError(.internal, "later")), of: job)
            let settled = try await fixture.settled(job.id)
            #expect(settled.state == .succeeded && settled.result == #"["done"]"# && settled.error == nil)
            #expect(fixture.log.all.first == "job ended")
            #expect(fixture.log.all.last?.contains("the end of job \(job.id) cannot be recorded") == true)
        }
    }

    /// The reason why an outcome is not known may be found out later.
    @Test func anUnknownOutcomeCanBeSettled() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.admit()
            await fixture.engine.record(.failed(JobsError(.outcomeUnknown, "lost")), of: job)
            #expect(try await fixture.engine.journal.job(job.id)?.state == .unknown)
            await fixture.engine.record(try JobOutcome.succeeded(["done"]), of: job)
            let settled = try #require(try await fixture.engine.journal.job(job.id))
            #expect(settled.state == .succeeded && settled.error == nil)
        }
    }

    /// While the agent ends, the next one finds out how the job ended.
    @Test func aDrainingEngineDoesNotWaitForTheDisk() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.admit()
            fixture.engine.drain()
            try await fixture.engine.journal.close()
            await fixture.engine.record(try JobOutcome.succeeded(["done"]), of: job)
            #expect(fixture.log.all.count == 1)
            #expect(fixture.log.all.first?.contains("cannot be recorded") == true)
        }
    }

    /// Otherwise the end is recorded as soon as the disk allows it; until then the engine tries again.
    @Test func theEndIsTriedAgain() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.admit()
            try await fixture.engine.journal.close()
            let recording = Task { await fixture.engine.record(try JobOutcome.succeeded(["done"]), of: job) }
            try await eventually("a second attempt") { fixture.log.all.count >= 2 }
            fixture.engine.drain()
            try await recording.value
            #expect(fixture.log.all.allSatisfy { $0.contains("the end of job \(job.id) cannot be recorded") })
        }
    }

    /// A repair and its outcome are one transaction.
    @Test func aRepairIsRecordedWithItsOutcome() async throws {
        try await JobsFixture.with { fixture in
            let journal = fixture.engine.journal
            let job = try await fixture.admit("fixVersion")
            let repair = Repair(id: job.id, database: "main", before: "[]", after: #"["b"]"#, appliedAt: 5)
            await fixture.engine.record(try JobOutcome.succeeded(["done"], repair: repair), of: job)
            #expect(try await journal.latestRepair(database: "main") == repair)
            let undo = try await fixture.admit("fixVersion")
            await fixture.engine.record(try JobOutcome.succeeded(["undone"], undone: repair.id), of: undo)
            #expect(try await journal.latestRepair(database: "main") == nil)
            #expect(try await journal.repair(repair.id)?.undoneAt != nil)
            // A second record of the same id is refused together with the outcome.
            let third = try await fixture.admit("fixVersion")
            await fixture.engine.record(try JobOutcome.succeeded(["again"], repair: repair), of: third)
            #expect(try await journal.job(third.id)?.state == .queued)
        }
    }
}
