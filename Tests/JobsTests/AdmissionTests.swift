import Journal
import Runtime
import Support
import Testing
import Wire

@testable import Jobs

/// Which requests become jobs.
@Suite struct AdmissionTests {
    /// A claim of a token that is valid now.
    private static func claim(_ nonce: String, issuedAt: Int64 = WallClock.seconds) -> NonceClaim {
        NonceClaim(kid: "deploy", nonce: nonce, issuedAt: issuedAt, expiresAt: WallClock.seconds + 60)
    }

    private static func refusal(
        _ fixture: JobsFixture, _ claim: NonceClaim? = nil, result: String = "a", key: String? = nil,
        to queue: JobQueue? = nil
    ) async -> JobsError? {
        do throws(JobsError) {
            _ = try await fixture.submit(.init(result: result), key: key, claim: claim, to: queue)
            return nil
        } catch {
            return error
        }
    }

    @Test func theJobHasEverythingOfItsRequest() async throws {
        try await JobsFixture.with { fixture in
            let before = WallClock.milliseconds
            let job = try await fixture.submit(.init(result: "a"), key: "release-7", deadline: .seconds(60))
            #expect(job.principal == "tests" && job.reason == "a test" && job.idempotencyKey == "release-7")
            #expect(job.database == "main" && job.attempt == 1 && job.createdAt >= before)
            #expect((before + 59_000...WallClock.milliseconds + 60_000).contains(job.deadline))
            #expect(try await fixture.engine.journal.job(job.id) == job)
            #expect(fixture.engine.events.watch(job.id, after: 0) != nil, "a new job can be watched at once")
        }
    }

    @Test func aTokenIsValidForOneRequest() async throws {
        try await JobsFixture.with { fixture in
            let claim = Self.claim("n1")
            let job = try await fixture.submit(.init(result: "a"), key: "k", claim: claim)
            for (result, key) in [("a", "k"), ("b", nil)] as [(String, String?)] {
                let error = await Self.refusal(fixture, claim, result: result, key: key)
                #expect(error?.code == .replayed && error?.isRetryable == false)
                #expect(error?.message.contains("was used before") == true)
            }
            // Another token may ask for the job again.
            #expect(try await fixture.submit(.init(result: "a"), key: "k", claim: Self.claim("n2")).id == job.id)
            #expect(try await fixture.engine.journal.unfinished().count == 1)
        }
    }

    /// A mismatch uses the token up as well.
    @Test func aRefusedRequestUsesItsToken() async throws {
        try await JobsFixture.with { fixture in
            _ = try await fixture.submit(.init(result: "a"), key: "k")
            #expect(await Self.refusal(fixture, Self.claim("n1"), result: "b", key: "k")?.code == .idempotencyMismatch)
            #expect(await Self.refusal(fixture, Self.claim("n1"), result: "a")?.code == .replayed)
        }
    }

    /// The journal was created at second 1000: it does not know which older tokens were used.
    @Test func aTokenOlderThanTheJournalIsRefused() async throws {
        try await JobsFixture.with { fixture in
            let error = await Self.refusal(fixture, Self.claim("n1", issuedAt: 999))
            #expect(error?.code == .replayed && error?.message.contains("older than") == true)
            #expect(await Self.refusal(fixture, Self.claim("n1", issuedAt: 1000)) == nil)
        }
    }

    @Test func aFullStoreOfTokensIsBusy() async throws {
        try await JobsFixture.with(nonces: 1) { fixture in
            _ = try await fixture.submit(.init(result: "a"), claim: Self.claim("n1"))
            let error = await Self.refusal(fixture, Self.claim("n2"))
            #expect(error?.code == .busy && error?.isRetryable == true)
            #expect(await Self.refusal(fixture) == nil, "a peer without a token needs no nonce")
            #expect(try await fixture.engine.journal.unfinished().count == 2)
        }
    }

    @Test func anIdempotencyKeyBelongsToOneDatabase() async throws {
        try await JobsFixture.with { fixture in
            let other = JobQueue(try JobsFixture.database("other", fixture.folder), fixture.engine)
            let job = try await fixture.submit(.init(result: "a"), key: "k")
            let error = await Self.refusal(fixture, key: "k", to: other)
            #expect(error?.code == .idempotencyMismatch && error?.details.first?.value == .string(job.id))
        }
    }

    @Test func withoutAKeyEachRequestIsAJob() async throws {
        try await JobsFixture.with { fixture in
            let jobs = [
                try await fixture.submit(.init(result: "a")), try await fixture.submit(.init(result: "a")),
            ]
            #expect(jobs[0].id < jobs[1].id, "ids sort in the order of admission")
        }
    }

    /// What failed for a reason that may pass is tried again under the same key; other failures are not.
    @Test(arguments: [(ErrorCode.conflict, true), (.databaseUnavailable, true), (.precondition, false)])
    func anotherAttempt(code: ErrorCode, isRepeated: Bool) async throws {
        try await JobsFixture.with { fixture in
            try await fixture.running {
                let script = ScriptedJob.Parameters(failure: "locked", code: code)
                let first = try await fixture.settled(try await fixture.submit(script, key: "k").id)
                #expect(first.state == .failed && first.isRetryable == isRepeated && first.attempt == 1)
                let second = try await fixture.submit(script, key: "k")
                #expect((second.id != first.id) == isRepeated)
                #expect(second.attempt == (isRepeated ? 2 : 1))
                #expect((try await fixture.settled(second.id)).error == first.error)
            }
        }
    }

    @Test func aSuccessIsNotRepeated() async throws {
        try await JobsFixture.with { fixture in
            try await fixture.running {
                let first = try await fixture.settled(try await fixture.submit(.init(result: "a"), key: "k").id)
                #expect(try await fixture.submit(.init(result: "a"), key: "k") == first)
                #expect(fixture.log.all.filter { $0 == "script a" }.count == 1)
            }
        }
    }

    /// Nothing starts that cannot be recorded.
    @Test func withoutAJournalNothingStarts() async throws {
        try await JobsFixture.with { fixture in
            try await fixture.engine.journal.close()
            try await fixture.running {
                let error = await Self.refusal(fixture)
                #expect(error?.code == .degraded && error?.isRetryable == true)
                #expect(error?.message.contains("journal.sqlite: the journal is closed") == true)
                #expect(fixture.log.all.isEmpty)
            }
        }
    }
}
