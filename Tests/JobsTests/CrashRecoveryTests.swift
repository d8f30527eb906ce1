import Inspection
import Journal
import Support
import Synchronization
import Testing
import Wire

@testable import Jobs

/// Jobs of an agent that ended while they were queued or running.
@Suite struct CrashRecoveryTests {
    private static func context() throws -> String { try JobOutcome.json(ScriptedJob.plan) }

    private static func recover(_ fixture: JobsFixture, _ jobs: Job...) async {
        await fixture.queue.conclude(jobs)
    }

    /// Without a readable plan nothing can be said about the job, also not later.
    @Test(arguments: [nil, "", "not JSON", "{}", #"{"from":["a"]}"#])
    func aPlanThatCannotBeRead(context: String?) async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.interrupted(context: context)
            await Self.recover(fixture, job)
            let found = try #require(try await fixture.engine.journal.job(job.id))
            #expect(found.state == .unknown && !found.isRetryable && found.endedAt != nil)
            #expect(found.error?.contains("what the job did is not known: it left no record of its plan") == true)
            #expect(fixture.engine.events.watch(job.id, after: 0) == nil)
        }
    }

    /// While this agent ends as well, the job stays as it is for the next one; whoever watches it is released.
    @Test func anUnreachableDatabaseDuringAShutdown() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.interrupted(context: try Self.context())
            let events = try #require(fixture.engine.events.watch(job.id, after: 0))
            fixture.engine.drain()
            await Self.recover(fixture, job)
            for await _ in events { Issue.record("the job has no progress") }
            let found = try #require(try await fixture.engine.journal.job(job.id))
            #expect(found == job)
            #expect(try await fixture.engine.journal.unfinished().map(\.id) == [job.id])
            #expect(fixture.log.all.isEmpty)
        }
    }

    /// Also a shutdown that begins while the recovery waits for the database.
    @Test func aShutdownEndsTheWaitForADatabase() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.interrupted(context: try Self.context())
            let running = Task { await fixture.queue.run(unfinished: [job]) }
            let later = try await fixture.submit(.init(result: "later"))
            _ = try await fixture.settled(later.id)
            #expect(try await fixture.engine.journal.job(job.id)?.state == .running)
            fixture.engine.drain()
            running.cancel()
            await running.value
            #expect(try await fixture.engine.journal.job(job.id) == job)
        }
    }

    @Test func queuedJobsKeepTheirOrder() async throws {
        try await JobsFixture.with { fixture in
            var jobs: [Job] = []
            for name in ["one", "two", "three"] {
                jobs.append(try await fixture.admit(params: #"{"result":"\#(name)"}"#))
            }
            let last = try #require(jobs.last)
            try await fixture.running(unfinished: jobs) {
                _ = try await fixture.settled(last.id)
                let ran = fixture.log.all.filter { $0.hasPrefix("script") }
                #expect(ran == ["script one", "script two", "script three"])
            }
        }
    }

    /// A job whose deadline has passed never began; its error says that nothing was run.
    @Test func aQueuedJobOfLongAgoIsCancelled() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.admit(params: #"{"result":"old"}"#, deadline: 2_000_001)
            let events = try #require(fixture.engine.events.watch(job.id, after: 0))
            await Self.recover(fixture, job)
            for await _ in events { Issue.record("the job must not run") }
            let found = try #require(try await fixture.engine.journal.job(job.id))
            #expect(found.state == .cancelled && found.startedAt == nil)
            #expect(found.error?.contains("nothing was run") == true && !fixture.log.all.contains("script old"))
        }
    }

    /// One job that cannot be concluded does not keep the others from it.
    @Test func eachJobIsConcludedByItself() async throws {
        try await JobsFixture.with { fixture in
            fixture.engine.drain()
            let open = try await fixture.interrupted(context: try Self.context())
            let lost = try await fixture.interrupted(context: nil)
            await Self.recover(fixture, open, lost)
            #expect(try await fixture.engine.journal.job(open.id)?.state == .running)
            #expect(try await fixture.engine.journal.job(lost.id)?.state == .unknown)
        }
    }

    // MARK: Reading the rows

    @Test func theDatabaseIsNotWaitedForWithoutPatience() async throws {
        try await JobsFixture.with { fixture in
            let execution = fixture.execution(try await fixture.interrupted(context: try Self.context()))
            let undecided = await #expect(throws: Conclusion.Undecided.self) {
                _ = try await Conclusion.reach(ScriptedJob.plan, of: execution, patience: .zero)
            }
            let reason = undecided?.reason ?? ""
            #expect(reason.contains("127.0.0.1") || reason.contains("refused"), "\(reason)")
        }
    }

    @Test func aCallerCanStopWaiting() async throws {
        try await JobsFixture.with { fixture in
            let execution = fixture.execution(try await fixture.interrupted(context: try Self.context()))
            let calls = Mutex(0)
            await #expect(throws: Conclusion.Undecided.self) {
                _ = try await Conclusion.reach(
                    ScriptedJob.plan, of: execution, patience: .seconds(3600),
                    isCancelled: {
                        calls.withLock { calls in
                            calls += 1
                            return calls == 3
                        }
                    })
            }
            #expect(calls.withLock(\.self) == 3, "the database is tried again until then")
        }
    }
}
