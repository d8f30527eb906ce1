import Testing

@testable import Journal

struct JobTests {
    let directory: TemporaryDirectory
    let journal: Journal

    init() throws {
        directory = try TemporaryDirectory()
        journal = try Journal(directory: directory.path, now: present)
    }

    private func admit(_ request: JobRequest = .migrate(), at now: Int64 = present) async throws -> Job {
        try #require(try await journal.admit(request, claim: nil, at: now).admitted)
    }

    @Test func jobPassesThroughItsStates() async throws {
        let id = try await admit().id
        try await journal.start(id, context: #"{"before":["a"]}"#, at: present + 1)
        var job = try #require(try await journal.job(id))
        #expect(job.state == .running && job.startedAt == present + 1 && job.context == #"{"before":["a"]}"#)
        try await journal.finish(id, as: .succeeded, result: #"{"applied":["a"]}"#, at: present + 2)
        job = try #require(try await journal.job(id))
        #expect(job.state == .succeeded && job.endedAt == present + 2 && job.result == #"{"applied":["a"]}"#)
        #expect(job.context == #"{"before":["a"]}"# && job.error == nil && !job.isRetryable)
    }

    @Test func unknownJobCanBeSettledLater() async throws {
        let id = try await admit().id
        try await journal.start(id, at: present)
        try await journal.finish(id, as: .unknown, error: #"{"code":"outcomeUnknown"}"#, at: present + 1)
        try await journal.finish(id, as: .succeeded, result: "{}", at: present + 2)
        let job = try #require(try await journal.job(id))
        #expect(job.state == .succeeded && job.error == nil && job.endedAt == present + 2)
    }

    @Test func invalidStateChangesAreRefused() async throws {
        let id = try await admit().id
        #expect(await failure { try await journal.finish(id, as: .running, at: present) } == .wrongState)
        try await journal.start(id, at: present)
        #expect(await failure { try await journal.start(id, at: present) } == .wrongState)
        try await journal.finish(id, as: .failed, error: "{}", at: present)
        for state in Job.State.allCases {
            #expect(await failure { try await journal.finish(id, as: state, at: present) } == .wrongState)
        }
        #expect(await failure { try await journal.start(id, at: present) } == .wrongState)
        #expect(try await journal.job(id)?.state == .failed)
    }

    @Test func unknownJobIsNotFound() async throws {
        #expect(try await journal.job("0") == nil)
        #expect(await failure { try await journal.start("0", at: present) } == .notFound)
        #expect(await failure { try await journal.finish("0", as: .failed, at: present) } == .notFound)
    }

    /// No more text is read than a page may have.
    @Test func pagesAreLimitedInBytes() async throws {
        var ids: [String] = []
        for size in [10, 400, 400, 400, 2000, 10] {
            let id = try await admit().id
            try await journal.finish(id, as: .succeeded, result: String(repeating: "x", count: size), at: present)
            ids.insert(id, at: 0)
        }
        var pages: [[String]] = []
        var cursor: String?
        repeat {
            let page = try await journal.jobs(limit: 1000, bytes: 1000, cursor: cursor)
            pages.append(page.jobs.map(\.id))
            cursor = page.nextCursor
        } while cursor != nil
        // A job that is larger than a page has one of its own.
        #expect(pages == [[ids[0]], [ids[1]], [ids[2], ids[3]], [ids[4], ids[5]]])
        let whole = try await journal.jobs(limit: 6, bytes: 10_000)
        #expect(whole.jobs.map(\.id) == ids && whole.nextCursor == nil)
    }

    @Test func pagesAreOrderedFromNewestToOldest() async throws {
        var ids: [String] = []
        for _ in 0..<7 { ids.append(try await admit().id) }
        #expect(Set(ids).count == 7 && ids == ids.sorted())
        var seen: [String] = []
        var cursor: String?
        var pages = 0
        repeat {
            let page = try await journal.jobs(limit: 3, cursor: cursor)
            seen += page.jobs.map(\.id)
            cursor = page.nextCursor
            pages += 1
            // Jobs admitted in between appear on no later page.
            _ = try await admit()
        } while cursor != nil && pages < 10
        #expect(seen == ids.reversed() && pages == 3)
    }

    @Test func fullLastPageHasNoNextCursor() async throws {
        for _ in 0..<3 { _ = try await admit() }
        #expect(try await journal.jobs(limit: 3).nextCursor == nil)
        #expect(try await journal.jobs(limit: 2).nextCursor != nil)
    }

    @Test func jobsAreFilteredByStateAndDatabase() async throws {
        let main = try await admit(.migrate("main"))
        let other = try await admit(.migrate("other"))
        try await journal.finish(main.id, as: .cancelled, at: present)
        #expect(try await journal.jobs(state: .queued).jobs == [other])
        #expect(try await journal.jobs(state: .cancelled, databases: ["other"]).jobs.isEmpty)
        #expect(try await journal.jobs(databases: ["main", "third"]).jobs.map(\.id) == [main.id])
        #expect(try await journal.jobs(databases: []).jobs.isEmpty)
        #expect(try await journal.unfinished() == [other])
    }

    @Test func countsContainEveryState() async throws {
        let ids = [try await admit().id, try await admit().id, try await admit().id]
        try await journal.start(ids[0], at: present)
        try await journal.finish(ids[1], as: .unknown, at: present)
        #expect(
            try await journal.counts()
                == [.queued: 1, .running: 1, .unknown: 1, .succeeded: 0, .failed: 0, .cancelled: 0])
    }

    @Test func idsAscendEvenWhenTheClockIsSetBack() async throws {
        let first = try await admit(at: present).id
        let second = try await admit(at: present - day).id
        #expect(first < second)
        #expect(first.count == 26 && first.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) })
    }

    @Test func settledJobsAreDeletedAfterThirtyDays() async throws {
        let settled = try await admit(.migrate(key: "k")).id
        let unsettled = try await admit().id
        try await journal.finish(settled, as: .succeeded, at: present)
        _ = try await admit(at: present + 30 * day)
        #expect(try await journal.job(settled) != nil)
        _ = try await admit(at: present + 30 * day + 2 * hour)
        #expect(try await journal.job(settled) == nil)
        #expect(try await journal.job(unsettled) != nil)
    }

    @Test func concurrentCallsLoseNothing() async throws {
        let journal = journal
        let ids = try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<100 {
                group.addTask {
                    // Two of each nonce: one of them must lose.
                    let claim = NonceClaim.minted("n\(number / 2)")
                    return try await journal.admit(.migrate(), claim: claim, at: present).admitted?.id
                }
            }
            return try await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
        #expect(ids.count == 50 && Set(ids).count == 50)
        try await withThrowingTaskGroup { group in
            for id in ids {
                group.addTask {
                    try await journal.start(id, at: present)
                    try await journal.finish(id, as: .succeeded, result: "{}", at: present)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await journal.counts()[.succeeded] == 50)
    }

    @Test(arguments: [0, 1, present, Int64.max, -1])
    func identifiersRoundTrip(milliseconds: Int64) throws {
        let identifier = JobIdentifier(milliseconds: milliseconds, after: nil)
        #expect(JobIdentifier(identifier.text) == identifier)
        let next = JobIdentifier(milliseconds: 0, after: identifier)
        #expect(next.text > identifier.text)
    }

    @Test(arguments: [
        "", "0", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "0000000000000000000000000u", "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    ])
    func invalidIdentifiersAreRejected(text: String) {
        #expect(JobIdentifier(text) == nil)
    }
}
