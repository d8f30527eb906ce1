import GRDB
import Testing

@testable import Journal

/// The steps of jobs: appended, never changed, and deleted with their job.
struct StepTests {
    let directory: TemporaryDirectory
    let journal: Journal

    init() throws {
        directory = try TemporaryDirectory()
        journal = try Journal(directory: directory.path, now: present)
    }

    private func running() async throws -> String {
        let id = try #require(try await journal.admit(.migrate(), claim: nil, at: present).admitted).id
        try await journal.start(id, at: present + 1)
        return id
    }

    @Test func theStepsOfAJob() async throws {
        let id = try await running()
        let steps = [
            JobStep(.connected, at: present + 2),
            JobStep(.revisionStarted, at: present + 3, revision: "b", scriptHash: "0f"),
            JobStep(.committing, at: present + 4, revision: "b", transaction: "18446744073709551615", scriptHash: "0f"),
        ]
        try await journal.append([steps[0]], to: id)
        try await journal.append(Array(steps[1...]), to: id)
        let expected = [JobStep(.admitted, at: present), JobStep(.started, at: present + 1)] + steps
        #expect(try await journal.steps(of: id) == expected)
        try await journal.close()
        let reopened = try Journal(directory: directory.path, now: present)
        #expect(try await reopened.steps(of: id) == expected)
        try await reopened.finish(id, as: .succeeded, at: present + 5)
        #expect(try await reopened.steps(of: id).last == JobStep(.concluded, at: present + 5))
        #expect(try await reopened.steps(of: "no such job") == [])
        try await reopened.close()
    }

    /// A job whose outcome is not known is not concluded.
    @Test func anUnknownOutcomeIsNoConclusion() async throws {
        let id = try await running()
        try await journal.finish(id, as: .unknown, at: present + 2)
        #expect(try await journal.steps(of: id).map(\.kind) == [.admitted, .started])
        try await journal.finish(id, as: .failed, at: present + 3)
        #expect(try await journal.steps(of: id).map(\.kind) == [.admitted, .started, .concluded])
    }

    /// What a run wants to do next must not happen when this fails.
    @Test func onlyARunningJobGoesOn() async throws {
        let step = JobStep(.committing, at: present, transaction: "7")
        let queued = try #require(try await journal.admit(.migrate(), claim: nil, at: present).admitted).id
        #expect(await failure { try await journal.append([step], to: queued) } == .wrongState)
        #expect(await failure { try await journal.append([step], to: "no such job") } == .notFound)
        let id = try await running()
        try await journal.finish(id, as: .failed, at: present + 2)
        #expect(await failure { try await journal.append([step], to: id) } == .wrongState)
    }

    @Test func aStepIsNeverChanged() async throws {
        let id = try await running()
        for change in ["UPDATE steps SET xid = '1'", "UPDATE steps SET at = 0 WHERE job = '\(id)'"] {
            #expect(
                await failure {
                    try await journal.write { db in try db.execute(sql: change) }
                } == .failed)
        }
        #expect(try await journal.steps(of: id).count == 2)
    }

    @Test func stepsAreDeletedWithTheirJob() async throws {
        let id = try await running()
        try await journal.finish(id, as: .failed, at: present + 2)
        _ = try await journal.admit(.migrate(), claim: nil, at: present + 31 * day)
        #expect(try await journal.job(id) == nil)
        #expect(try await journal.steps(of: id) == [])
    }
}
