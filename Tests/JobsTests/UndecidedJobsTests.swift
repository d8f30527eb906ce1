import Journal
import Postgres
import Support
import Testing
import Wire

@testable import Jobs

/// Jobs whose outcome is not known are tried again until it is.
@Suite struct UndecidedJobsTests {
    /// A job whose outcome an earlier agent could not find out.
    private static func unknown(_ fixture: JobsFixture, _ plan: RecordedPlan = ScriptedJob.plan) async throws -> Job {
        let job = try await fixture.interrupted(context: try JobOutcome.json(plan))
        await fixture.engine.record(.failed(JobsError(.outcomeUnknown, "lost")), of: job)
        return try #require(try await fixture.engine.journal.job(job.id))
    }

    private static func createRows(_ url: String) async throws {
        try await TestCluster.execute(
            url, "CREATE TABLE alembic_version (version_num varchar(32))", "INSERT INTO alembic_version VALUES ('b')")
    }

    @Test func theReturnOfTheServerDecides() async throws {
        try await TestCluster.own { cluster in
            let url = await cluster.url()
            try await Self.createRows(url)
            try await cluster.stop()
            try await JobsFixture.with(url: url) { fixture in
                let job = try await Self.unknown(fixture)
                #expect(try await fixture.engine.journal.undecided() == [job])
                try await fixture.running(unfinished: [job]) {
                    try await eventually("the job is tried again") { fixture.queue.undecided.all == [job.id] }
                    #expect(try await fixture.engine.journal.job(job.id) == job)
                    try await cluster.start()
                    try await eventually("the job is decided", deadline: .seconds(60)) {
                        try await fixture.engine.journal.job(job.id)?.state == .succeeded
                    }
                    try await eventually("it is not tried again") { fixture.queue.undecided.all.isEmpty }
                }
                #expect(try await fixture.engine.journal.undecided().isEmpty)
            }
        }
    }

    /// What another server says does not count.
    @Test func onlyTheSameServerDecides() async throws {
        try await TestCluster.withDatabase { url in
            try await Self.createRows(url)
            let here = try await Connection.temporary(
                try DatabaseAddress(url), .read(applicationName: "tests"), DatabaseIdentity.read)
            try await JobsFixture.with(url: url) { fixture in
                var plan = ScriptedJob.plan
                plan.server = here
                let decided = try await Self.unknown(fixture, plan)
                #expect(
                    await fixture.engine.conclude(decided, on: fixture.queue.database, patience: .zero).state
                        == .succeeded)
                plan.server?.timeline = "00000000"
                let other = try await Self.unknown(fixture, plan)
                let outcome = await fixture.engine.conclude(other, on: fixture.queue.database, patience: .zero)
                #expect(outcome.state == .unknown && outcome.error?.message.contains("was promoted") == true)
            }
        }
    }

    /// A backend that holds the fence may still write.
    @Test func nothingIsDecidedBesideABackend() async throws {
        try await TestCluster.withDatabase { url in
            try await Self.createRows(url)
            try await JobsFixture.with(url: url) { fixture in
                let job = try await Self.unknown(fixture)
                let backend = Connection(try DatabaseAddress(url), SessionOptions(applicationName: "left-over"))
                try await backend.begin { session throws(PostgresError) in try Locks.joinFence(session) }
                let outcome = await fixture.engine.conclude(job, on: fixture.queue.database, patience: .zero)
                #expect(outcome.error?.message.contains("a backend of the job is still active") == true)
                await backend.close()
                try await eventually("the backend has ended") {
                    await fixture.engine.conclude(job, on: fixture.queue.database, patience: .zero).state == .succeeded
                }
            }
        }
    }

    /// What became of the transactions of a job.
    @Test func theServerKnowsTransactions() async throws {
        try await TestCluster.withDatabase { url in
            let writer = Connection(try DatabaseAddress(url), SessionOptions(applicationName: "writer"))
            let reader = Connection(try DatabaseAddress(url), SessionOptions(applicationName: "reader"))
            func status(_ id: String) async throws -> TransactionStatus? {
                try await reader.withSession { session throws(PostgresError) in
                    try TransactionStatus.read(id, session)
                }
            }
            let id = try await writer.begin { session throws(PostgresError) in try session.transactionID() }
            #expect(try await status(id) == .inProgress)
            let busy = await #expect(throws: PostgresError.self) {
                _ = try await writer.begin { session throws(PostgresError) in try session.transactionID() }
            }
            #expect(busy != nil)
            await writer.close()
            try await eventually("the transaction is rolled back") { try await status(id) == .aborted }
            let next = try await writer.begin { session throws(PostgresError) in try session.transactionID() }
            try await writer.commit()
            #expect(try await status(next) == .committed)
            let none = await #expect(throws: PostgresError.self) { try await writer.commit() }
            #expect(none?.sqlstate == "25P01")
            let future = await #expect(throws: PostgresError.self) { _ = try await status("4000000000") }
            #expect(future?.kind == .changedMeanwhile)
            await writer.close()
            await reader.close()
        }
    }
}
