import Testing

@testable import Journal

struct RepairTests {
    let directory: TemporaryDirectory
    let journal: Journal
    let repair = Repair(id: "r1", database: "main", before: #"["a","b"]"#, after: #"["b"]"#, appliedAt: present)

    init() throws {
        directory = try TemporaryDirectory()
        journal = try Journal(directory: directory.path, now: present)
    }

    @Test func aRepairIsKeptUntilItIsUndone() async throws {
        #expect(try await journal.repair("r1") == nil)
        try await journal.recordRepair(repair)
        #expect(try await journal.repair("r1") == repair)
        #expect(try await journal.latestRepair(database: "main") == repair)
        #expect(try await journal.latestRepair(database: "other") == nil)
        try await journal.markUndone("r1", at: present + 5)
        #expect(try await journal.repair("r1")?.undoneAt == present + 5)
        #expect(try await journal.latestRepair(database: "main") == nil)
    }

    @Test func theNewestThatStandsIsTheLatest() async throws {
        for (id, time) in [("r1", present), ("r2", present + 1), ("r3", present + 1)] {
            try await journal.recordRepair(
                Repair(id: id, database: "main", before: "[]", after: "[]", appliedAt: time))
        }
        #expect(try await journal.latestRepair(database: "main")?.id == "r3")
        try await journal.markUndone("r3", at: present + 2)
        #expect(try await journal.latestRepair(database: "main")?.id == "r2")
    }

    @Test func nothingIsRecordedOrUndoneTwice() async throws {
        try await journal.recordRepair(repair)
        #expect(await failure { try await journal.recordRepair(repair) } == .wrongState)
        try await journal.markUndone("r1", at: present)
        #expect(await failure { try await journal.markUndone("r1", at: present) } == .wrongState)
        #expect(await failure { try await journal.markUndone("r9", at: present) } == .notFound)
    }

    @Test func jobAndRepairAreRecordedTogetherOrNotAtAll() async throws {
        let job = try #require(try await journal.admit(.migrate(), claim: nil, at: present).admitted)
        try await journal.recordRepair(repair)
        let finish = { (repair: Repair) in
            try await journal.finish(job.id, as: .succeeded, result: "{}", repair: repair, at: present)
        }
        // The id is taken: the job must not end without its repair.
        #expect(await failure { try await finish(repair) } == .wrongState)
        #expect(try await journal.job(job.id)?.state == .queued)
        var other = repair
        other.id = job.id
        try await finish(other)
        #expect(try await journal.job(job.id)?.state == .succeeded)
        #expect(try await journal.repair(job.id) == other)
    }
}
