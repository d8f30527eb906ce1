import Diagnosis
import Inspection
import Journal
import Logging
import ServiceLifecycle
import Support
import Synchronization
import Testing
import Wire

@testable import Jobs

/// The order of jobs, and what a shutdown does to them.
@Suite struct JobQueueTests {
    private static func state(_ fixture: JobsFixture, _ job: Job) async throws -> Job.State? {
        try await fixture.engine.journal.job(job.id)?.state
    }

    /// A job that runs until the file "go" exists.
    private static func held(_ fixture: JobsFixture, begins: Bool = true) async throws -> Job {
        let job = try await fixture.submit(
            .init(result: "first", waitsFor: fixture.folder.path("go"), begins: begins))
        try await eventually("the first job has begun") { fixture.log.all.contains("script first") }
        return job
    }

    @Test func jobsRunOneAfterAnother() async throws {
        try await JobsFixture.with { fixture in
            try await fixture.running {
                let first = try await Self.held(fixture)
                let second = try await fixture.submit(.init(failure: "no", code: .precondition))
                let third = try await fixture.submit(.init(result: "third"))
                try await eventually { try await Self.state(fixture, first) == .running }
                #expect(try await Self.state(fixture, second) == .queued)
                #expect(fixture.log.all.contains("script third") == false)
                try fixture.folder.write("go", "")
                let ended = try await fixture.settled(third.id)
                // A failure does not stop the jobs behind it.
                #expect(ended.state == .succeeded)
                #expect(try await Self.state(fixture, first) == .succeeded)
                #expect(try await Self.state(fixture, second) == .failed)
                #expect(fixture.log.all.filter { $0.hasPrefix("script") } == ["script first", "script third"])
            }
        }
    }

    @Test func databasesDoNotWaitForEachOther() async throws {
        try await JobsFixture.with { fixture in
            let other = JobQueue(try JobsFixture.database("other", fixture.folder), fixture.engine)
            let running = Task { await other.run(unfinished: []) }
            defer { running.cancel() }
            try await fixture.running {
                let first = try await Self.held(fixture)
                let independent = try await fixture.submit(.init(result: "b"), to: other)
                #expect(try await fixture.settled(independent.id).database == "other")
                #expect(try await Self.state(fixture, first) == .running)
                try fixture.folder.write("go", "")
                _ = try await fixture.settled(first.id)
            }
        }
    }

    @Test func aCancelledJobIsNotAFailure() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.submit(.init(failure: "the run was cancelled", code: .cancelled))
            try await fixture.running {
                let settled = try await fixture.settled(job.id)
                #expect(settled.state == .cancelled && !settled.isRetryable)
                #expect(settled.error?.contains("the run was cancelled") == true)
            }
        }
    }

    /// The deadline of a queued job passes while another one runs.
    @Test func aWaitingJobFailsAtItsDeadline() async throws {
        try await JobsFixture.with { fixture in
            try await fixture.running {
                let first = try await Self.held(fixture)
                let late = try await fixture.submit(.init(result: "late"), deadline: .milliseconds(20))
                let settled = try await fixture.settled(late.id)
                #expect(settled.error?.contains("while job \(late.id) was queued; nothing was run") == true)
                #expect(settled.startedAt == nil && settled.isRetryable)
                #expect(try await Self.state(fixture, first) == .running, "a deadline ends no running job")
                try fixture.folder.write("go", "")
                let last = try await fixture.submit(.init(result: "last"))
                _ = try await fixture.settled(last.id)
                #expect(!fixture.log.all.contains("script late"), "it is not started afterwards")
                #expect(try await Self.state(fixture, late) == .failed)
            }
        }
    }

    /// A job that would have to wait for a lock during a shutdown stays queued for the next agent.
    @Test func aJobThatDrainsStaysQueued() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.submit(.init(failure: "shutting down", code: .draining))
            let events = try #require(fixture.engine.events.watch(job.id, after: 0))
            try await fixture.running {
                for await _ in events {}
                let found = try #require(try await fixture.engine.journal.job(job.id))
                #expect(found.state == .queued && found.error == nil && found.endedAt == nil)
            }
        }
    }

    /// What was read before a job describes the database before a change.
    @Test func aJobMakesDiagnosesTooOld() async throws {
        try await JobsFixture.with { fixture in
            let monitor = fixture.queue.database.monitor
            _ = await monitor.diagnose(maximumAge: .zero) { _, _ in
                (DatabaseDiagnosis(facts: Facts(database: "main")), isCurrent: true)
            }
            #expect(monitor.cached(maximumAge: .seconds(600), at: .now) != nil)
            let job = try await fixture.submit(.init(failure: "half done"))
            try await fixture.running {
                _ = try await fixture.settled(job.id)
                #expect(monitor.cached(maximumAge: .seconds(600), at: .now) == nil)
                #expect(monitor.latest != nil)
            }
        }
    }

    @Test func storedParametersOfAnotherVersionAreInternal() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.admit(params: #"{"result":5}"#)
            try await fixture.running(unfinished: [job]) {
                let settled = try await fixture.settled(job.id)
                #expect(settled.state == .failed && settled.error?.contains("incident") == true)
                #expect(fixture.log.all.contains { $0.contains("the parameters of job \(job.id) cannot be read") })
            }
        }
    }

    // MARK: Shutdown

    private struct QueueService: Service {
        let queue: JobQueue
        func run() async throws { await queue.run(unfinished: []) }
    }

    /// The running job is waited for; those behind it stay in the journal, and a later one is not started.
    @Test func aShutdownWaitsForTheRunningJob() async throws {
        try await JobsFixture.with { fixture in
            let group = ServiceGroup(
                configuration: .init(
                    services: [.init(service: QueueService(queue: fixture.queue))],
                    logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
            let running = Task { try await group.run() }
            let first = try await Self.held(fixture)
            let second = try await fixture.submit(.init(result: "second"))
            let events = try #require(fixture.engine.events.watch(second.id, after: 0))
            await group.triggerGracefulShutdown()
            fixture.engine.drain()
            #expect(try await Self.state(fixture, first) == .running)
            try fixture.folder.write("go", "")
            try await running.value
            #expect(try await Self.state(fixture, first) == .succeeded)
            #expect(try await Self.state(fixture, second) == .queued)
            for await _ in events { Issue.record("the second job must not run") }
            let unfinished = try await fixture.engine.journal.unfinished()
            #expect(unfinished.map(\.id) == [second.id])
        }
    }

    /// Nobody will run it here: whoever watches it is released, and the next agent finds it queued.
    @Test func aJobForAnEndedQueueIsNotWatched() async throws {
        try await JobsFixture.with { fixture in
            let running = Task { await fixture.queue.run(unfinished: []) }
            running.cancel()
            await running.value
            let job = try await fixture.submit(.init(result: "a"))
            #expect(fixture.engine.events.watch(job.id, after: 0) == nil)
            #expect(try await Self.state(fixture, job) == .queued)
        }
    }

    // MARK: Deadlines

    /// A restart gives a queued job no more time than it had, whatever the clock does.
    @Test(
        arguments: [
            (2_000_500, 500), (2_000_000, 1_000), (1_000_000, 1_000), (2_001_000, 0), (9_000_000, 0),
        ] as [(Int64, Int)])
    func theRemainingWait(now: Int64, milliseconds: Int) async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.admit(deadline: 2_001_000)
            #expect(job.createdAt == 2_000_000)
            #expect(job.remainingWait(at: now) == .milliseconds(milliseconds))
        }
    }

    /// One timer serves all deadlines, also one that is earlier than those before it.
    @Test func deadlinesPassInAnyOrder() async throws {
        try await JobsFixture.with { fixture in
            let waiting = WaitingJobs()
            let late = Mutex<[String]>([])
            func add(_ left: Duration) async throws -> Job {
                let job = try await fixture.admit()
                waiting.add(job, until: .now + left) { job in late.withLock { $0.append(job.id) } }
                return job
            }
            let patient = try await add(.seconds(3600))
            let second = try await add(.milliseconds(200))
            let first = try await add(.milliseconds(1))
            try await eventually("both deadlines have passed") { late.withLock { $0.count } == 2 }
            #expect(Set(late.withLock(\.self)) == [first.id, second.id])
            #expect(waiting.claim(first) == nil && waiting.claim(patient) != nil && waiting.claim(patient) == nil)
        }
    }
}
