import Testing

@testable import Journal

struct AdmissionTests {
    let directory: TemporaryDirectory
    let journal: Journal

    init() throws {
        directory = try TemporaryDirectory()
        journal = try Journal(directory: directory.path, now: present)
    }

    @Test func newJobIsQueuedWithAllRequestMembers() async throws {
        let job = try #require(
            try await journal.admit(.migrate(params: #"{"to":"heads"}"#, key: "k"), claim: .minted("a"), at: present)
                .admitted)
        #expect(job.state == .queued && job.command == "migrate" && job.database == "main")
        #expect(job.principal == "deploy" && job.params == #"{"to":"heads"}"# && job.reason == "release 42")
        #expect(job.createdAt == present && job.deadline == present + 30_000 && job.attempt == 1)
        #expect(job.idempotencyKey == "k" && job.startedAt == nil && job.endedAt == nil)
        #expect(try await journal.job(job.id) == job)
    }

    @Test func tokenIsValidForOneRequest() async throws {
        #expect(try await journal.admit(.migrate(), claim: .minted("a"), at: present).admitted != nil)
        #expect(try await journal.admit(.migrate(), claim: .minted("a"), at: present + 60_999) == .replayed)
        // The same nonce under another key is another token.
        #expect(try await journal.admit(.migrate(), claim: .minted("a", kid: "ci"), at: present).admitted != nil)
        #expect(try await journal.jobs().jobs.count == 2)
    }

    @Test func nonceIsUsedUpEvenWithoutANewJob() async throws {
        let first = try await journal.admit(.migrate(key: "k"), claim: .minted("a"), at: present).admitted
        let job = try #require(first)
        #expect(try await journal.admit(.migrate(key: "k"), claim: .minted("b"), at: present) == .existing(job))
        #expect(try await journal.admit(.migrate(key: "k"), claim: .minted("b"), at: present) == .replayed)
        let other = JobRequest.migrate(params: #"{"wait":false}"#, key: "k")
        #expect(try await journal.admit(other, claim: .minted("c"), at: present) == .idempotencyMismatch(job: job.id))
        #expect(try await journal.admit(.migrate(), claim: .minted("c"), at: present) == .replayed)
    }

    @Test func tokenMintedBeforeTheStoreIsRefused() async throws {
        #expect(journal.createdAt == present / 1000)
        let early = NonceClaim.minted("a", at: present - 1000)
        #expect(try await journal.admit(.migrate(), claim: early, at: present) == .mintedBeforeStore)
        // The refused nonce was not stored.
        #expect(try await journal.admit(.migrate(), claim: .minted("a"), at: present).admitted != nil)
    }

    @Test func requestWithoutTokenNeedsNoNonce() async throws {
        #expect(try await journal.admit(.migrate(principal: "uid:0"), claim: nil, at: present).admitted != nil)
    }

    @Test(arguments: [
        JobRequest.migrate("other", key: "k"),
        JobRequest.migrate(params: #"{"to":"x"}"#, key: "k"),
    ])
    func sameKeyForAnotherRequestIsAMismatch(request: JobRequest) async throws {
        let job = try #require(try await journal.admit(.migrate(key: "k"), claim: nil, at: present).admitted)
        #expect(try await journal.admit(request, claim: nil, at: present) == .idempotencyMismatch(job: job.id))
    }

    @Test func fingerprintIdentifiesTheRequest() async throws {
        var request = JobRequest.migrate(params: #"{"a":1,"b":2}"#, key: "k")
        request.fingerprint = "same"
        let job = try #require(try await journal.admit(request, claim: nil, at: present).admitted)
        request.params = #"{"b":2,"a":1}"#
        #expect(try await journal.admit(request, claim: nil, at: present) == .existing(job))
    }

    @Test(arguments: [
        JobRequest.migrate(principal: "ci", key: "k"),
        JobRequest.migrate(key: "K"),
        JobRequest.migrate(key: nil),
    ])
    func idempotencyKeysAreSeparatePerPrincipal(request: JobRequest) async throws {
        let job = try #require(try await journal.admit(.migrate(key: "k"), claim: nil, at: present).admitted)
        let other = try #require(try await journal.admit(request, claim: nil, at: present).admitted)
        #expect(job.id < other.id)
    }

    @Test func idempotencyKeyExpiresAfterSevenDays() async throws {
        let job = try #require(try await journal.admit(.migrate(key: "k"), claim: nil, at: present).admitted)
        #expect(try await journal.admit(.migrate(key: "k"), claim: nil, at: present + 7 * day) == .existing(job))
        let later = try await journal.admit(.migrate(key: "k"), claim: nil, at: present + 7 * day + 1)
        #expect(later.admitted?.attempt == 1)
    }

    @Test func onlyRetryableFailureAllowsANewAttempt() async throws {
        let first = try #require(try await journal.admit(.migrate(key: "k"), claim: nil, at: present).admitted)
        try await journal.start(first.id, at: present)
        let running = try #require(try await journal.job(first.id))
        #expect(try await journal.admit(.migrate(key: "k"), claim: nil, at: present) == .existing(running))

        try await journal.finish(first.id, as: .failed, error: #"{"code":"busy"}"#, retryable: true, at: present)
        let second = try #require(try await journal.admit(.migrate(key: "k"), claim: nil, at: present).admitted)
        #expect(second.id > first.id && second.attempt == 2)

        try await journal.finish(second.id, as: .failed, error: #"{"code":"migrationFailed"}"#, at: present)
        let third = try await journal.admit(.migrate(key: "k"), claim: nil, at: present)
        #expect(third == .existing(try #require(try await journal.job(second.id))))
    }

    @Test func fullNonceStoreIsBusyAndDeletesOnlyExpiredNonces() async throws {
        let other = try TemporaryDirectory()
        let journal = try Journal(directory: other.path, now: present, limits: .init(nonces: 2))
        for nonce in ["a", "b"] {
            #expect(try await journal.admit(.migrate(), claim: .minted(nonce), at: present).admitted != nil)
        }
        #expect(try await journal.admit(.migrate(), claim: .minted("c"), at: present) == .busy)
        // A full store still detects replays, until the end of the last second in which the token is valid.
        #expect(try await journal.admit(.migrate(), claim: .minted("a"), at: present + 60_999) == .replayed)
        #expect(try await journal.admit(.migrate(), claim: .minted("c"), at: present + 60_999) == .busy)
        let fresh = NonceClaim.minted("c", at: present + 61_000)
        #expect(try await journal.admit(.migrate(), claim: fresh, at: present + 61_000).admitted != nil)
        #expect(try await journal.jobs().jobs.count == 3)
    }

    @Test func expiredNoncesAreDeletedOverTime() async throws {
        for step in 0..<20 {
            let now = present + Int64(step) * 60_000
            _ = try await journal.admit(.migrate(), claim: .minted("n\(step)", at: now), at: now)
        }
        // One nonce per minute, each kept for one minute of validity and five minutes of margin.
        #expect(await journal.nonceCount == 7)
    }

    /// A queue is bounded for each database; a job that exists already is found nevertheless.
    @Test func aFullQueueIsRefused() async throws {
        let limited = try TemporaryDirectory()
        let journal = try Journal(directory: limited.path, now: present, limits: .init(queuedJobs: 2))
        let first = try #require(try await journal.admit(.migrate(key: "k"), claim: nil, at: present).admitted)
        #expect(try await journal.admit(.migrate(), claim: nil, at: present).admitted != nil)
        #expect(try await journal.admit(.migrate(), claim: nil, at: present) == .queueFull)
        #expect(try await journal.admit(.migrate(key: "k"), claim: nil, at: present) == .existing(first))
        #expect(try await journal.admit(.migrate("other"), claim: nil, at: present).admitted != nil)
        try await journal.start(first.id, at: present)
        #expect(try await journal.admit(.migrate(), claim: nil, at: present).admitted != nil)
        try await journal.close()
    }
}
