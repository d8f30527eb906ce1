import Journal
import Testing
import Wire

@testable import Jobs

/// Admission, execution and recording of jobs, with a job that needs no database.
@Suite struct JobEngineTests {
    @Test func aJobRunsAndItsResultIsRecorded() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.submit(.init(result: "done"))
            #expect(job.state == .queued && job.command == "scripted" && job.params == #"{"result":"done"}"#)
            try await fixture.running {
                let settled = try await fixture.settled(job.id)
                #expect(settled.state == .succeeded && settled.result == #"["done"]"# && settled.error == nil)
            }
        }
    }

    @Test func aFailureIsRecordedWithItsCode() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.submit(.init(failure: "not today"))
            try await fixture.running {
                let settled = try await fixture.settled(job.id)
                #expect(settled.state == .failed && !settled.isRetryable)
                #expect(settled.error == #"{"code":"precondition","message":"not today","retryable":false}"#)
            }
        }
    }

    /// Clients see an incident id; only the log has the details.
    @Test func internalErrorsAreHidden() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.submit(.init(failure: "a secret detail", code: .internal))
            try await fixture.running {
                let error = try #require(try await fixture.settled(job.id).error)
                #expect(!error.contains("secret"))
                let incident = try #require(error.firstMatch(of: /"incident":"([0-9a-f]{8})"/)?.1)
                #expect(fixture.log.all.contains("incident \(incident): a secret detail"))
            }
        }
    }

    /// The lock of a database that cannot be reached cannot be taken: the failure is retryable.
    @Test func anUnreachableDatabaseFailsTheJob() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.submit(.init())
            try await fixture.running {
                let settled = try await fixture.settled(job.id)
                #expect(settled.state == .failed && settled.isRetryable)
                #expect(settled.error?.contains(#""code":"databaseUnavailable""#) == true)
            }
        }
    }

    @Test func anIdempotencyKeyStandsForOneJob() async throws {
        try await JobsFixture.with { fixture in
            let first = try await fixture.submit(.init(result: "a"), key: "k")
            let again = try await fixture.submit(.init(result: "a"), key: "k")
            #expect(again.id == first.id)
            let error = await #expect(throws: JobsError.self) {
                _ = try await fixture.submit(.init(result: "b"), key: "k")
            }
            #expect(error?.code == .idempotencyMismatch)
            #expect(error?.details.first?.value == .string(first.id))
        }
    }

    @Test func aDrainingEngineAdmitsNothing() async throws {
        try await JobsFixture.with { fixture in
            fixture.engine.drain()
            let error = await #expect(throws: JobsError.self) { _ = try await fixture.submit(.init(result: "a")) }
            #expect(error?.code == .draining)
            let unfinished = try await fixture.engine.journal.unfinished()
            #expect(unfinished.isEmpty)
        }
    }

    /// What was queued when the agent began to end stays queued for the next agent.
    @Test func aDrainingQueueStartsNothing() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.submit(.init(result: "a"))
            fixture.engine.drain()
            let events = try #require(fixture.engine.events.watch(job.id, after: 0))
            try await fixture.running { for await _ in events {} }
            let found = try await fixture.engine.journal.job(job.id)
            #expect(found?.state == .queued)
        }
    }

    /// Nothing runs the queue: the deadline alone ends the job.
    @Test func aQueuedJobFailsAtItsDeadline() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.submit(.init(result: "a"), deadline: .milliseconds(50))
            let settled = try await fixture.settled(job.id)
            #expect(settled.state == .failed && settled.isRetryable)
            #expect(settled.error?.contains("deadlineExceeded") == true)
        }
    }

    @Test func anUnknownKindIsRefused() async throws {
        try await JobsFixture.with(kinds: []) { fixture in
            let job = try await fixture.submit(.init(result: "a"))
            try await fixture.running {
                let settled = try await fixture.settled(job.id)
                #expect(settled.error?.contains("unknownCommand") == true)
            }
        }
    }

    @Test func watchersSeeTheProgress() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.submit(.init(result: "a"))
            let events = try #require(fixture.engine.events.watch(job.id, after: 0))
            try await fixture.running {
                var messages: [String?] = []
                for await entry in events { messages.append(entry.progress.message) }
                #expect(messages == ["a"])
            }
        }
    }

    /// A job that an earlier agent left queued runs; one whose deadline has passed is cancelled.
    @Test func queuedJobsOfAnEarlierAgent() async throws {
        try await JobsFixture.with { fixture in
            let late = #"{"result":"late"}"#
            let jobs = [
                try await fixture.admit(params: late, deadline: 2_000_001), try await fixture.admit(params: late),
            ]
            try await fixture.running(unfinished: jobs) {
                let (stale, fresh) = (try await fixture.settled(jobs[0].id), try await fixture.settled(jobs[1].id))
                #expect(stale.state == .cancelled)
                #expect(fresh.result == #"["late"]"#)
            }
        }
    }

    /// A job that was running and left no plan: nothing can be said about it.
    @Test func aRunningJobWithoutAPlanIsUnknown() async throws {
        try await JobsFixture.with { fixture in
            let running = try await fixture.interrupted(context: "{}")
            try await fixture.running(unfinished: [running]) {
                let settled = try await fixture.settled(running.id)
                #expect(settled.state == .unknown)
            }
        }
    }
}
