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

    /// A job that ends with this repair.
    @discardableResult private func made(_ repair: Repair) async throws -> String {
        let job = try #require(try await journal.admit(.migrate(), claim: nil, at: present).admitted)
        try await journal.finish(job.id, as: .succeeded, result: "{}", repair: repair, at: present)
        return job.id
    }

    /// A job that ends with that repair undone.
    private func undo(_ id: String, at now: Int64) async throws {
        let job = try #require(try await journal.admit(.migrate(), claim: nil, at: present).admitted)
        try await journal.finish(job.id, as: .succeeded, result: "{}", undone: id, at: now)
    }

    @Test func aRepairIsKeptUntilItIsUndone() async throws {
        #expect(try await journal.repair("r1") == nil)
        try await made(repair)
        #expect(try await journal.repair("r1") == repair)
        #expect(try await journal.latestRepair(database: "main") == repair)
        #expect(try await journal.latestRepair(database: "other") == nil)
        try await undo("r1", at: present + 5)
        #expect(try await journal.repair("r1")?.undoneAt == present + 5)
        #expect(try await journal.latestRepair(database: "main") == nil)
    }

    @Test func theNewestThatStandsIsTheLatest() async throws {
        for (id, time) in [("r1", present), ("r2", present + 1), ("r3", present + 1)] {
            try await made(Repair(id: id, database: "main", before: "[]", after: "[]", appliedAt: time))
        }
        #expect(try await journal.latestRepair(database: "main")?.id == "r3")
        try await undo("r3", at: present + 2)
        #expect(try await journal.latestRepair(database: "main")?.id == "r2")
    }

    @Test func anUndoThatIsRecordedAgainKeepsItsTime() async throws {
        try await made(repair)
        try await undo("r1", at: present + 5)
        try await undo("r1", at: present + 9)
        #expect(try await journal.repair("r1")?.undoneAt == present + 5)
    }

    @Test func jobAndRepairAreRecordedTogetherOrNotAtAll() async throws {
        try await made(repair)
        let job = try #require(try await journal.admit(.migrate(), claim: nil, at: present).admitted)
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
