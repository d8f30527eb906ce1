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

    /// Runs a job that ends with this repair.
    @discardableResult private func apply(_ repair: Repair) async throws -> String {
        let job = try #require(try await journal.admit(.migrate(), claim: nil, at: present).admitted)
        try await journal.finish(job.id, as: .succeeded, result: "{}", repair: repair, at: present)
        return job.id
    }

    /// Runs a job that undoes the repair.
    private func undo(_ id: String, at now: Int64) async throws {
        let job = try #require(try await journal.admit(.migrate(), claim: nil, at: present).admitted)
        try await journal.finish(job.id, as: .succeeded, result: "{}", undone: id, at: now)
    }

    @Test func repairIsTheLatestUntilItIsUndone() async throws {
        #expect(try await journal.repair("r1") == nil)
        try await apply(repair)
        #expect(try await journal.repair("r1") == repair)
        #expect(try await journal.latestRepair(database: "main") == repair)
        #expect(try await journal.latestRepair(database: "other") == nil)
        try await undo("r1", at: present + 5)
        #expect(try await journal.repair("r1")?.undoneAt == present + 5)
        #expect(try await journal.latestRepair(database: "main") == nil)
    }

    @Test func latestRepairIsTheNewestNotUndone() async throws {
        for (id, time) in [("r1", present), ("r2", present + 1), ("r3", present + 1)] {
            try await apply(Repair(id: id, database: "main", before: "[]", after: "[]", appliedAt: time))
        }
        #expect(try await journal.latestRepair(database: "main")?.id == "r3")
        try await undo("r3", at: present + 2)
        #expect(try await journal.latestRepair(database: "main")?.id == "r2")
    }

    @Test func repeatedUndoKeepsTheFirstTime() async throws {
        try await apply(repair)
        try await undo("r1", at: present + 5)
        try await undo("r1", at: present + 9)
        #expect(try await journal.repair("r1")?.undoneAt == present + 5)
    }

    @Test func jobAndRepairAreRecordedInOneTransaction() async throws {
        try await apply(repair)
        let job = try #require(try await journal.admit(.migrate(), claim: nil, at: present).admitted)
        let finish = { (repair: Repair) in
            try await journal.finish(job.id, as: .succeeded, result: "{}", repair: repair, at: present)
        }
        // The id is taken: the job must not be settled without its repair.
        #expect(await failure { try await finish(repair) } == .wrongState)
        #expect(try await journal.job(job.id)?.state == .queued)
        var other = repair
        other.id = job.id
        try await finish(other)
        #expect(try await journal.job(job.id)?.state == .succeeded)
        #expect(try await journal.repair(job.id) == other)
    }
}
