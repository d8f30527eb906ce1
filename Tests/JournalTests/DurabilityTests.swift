import Foundation
import Testing

@testable import Journal

/// The state of the journal after a restart.
struct DurabilityTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func recordsSurviveClosing() async throws {
        let first = try Journal(directory: directory.path, now: present)
        let job = try #require(
            try await first.admit(.migrate(key: "k"), claim: .minted("a"), at: present).admitted)
        try await first.close()
        #expect(await failure { _ = try await first.job(job.id) } == .closed)
        try await first.close()

        let second = try Journal(directory: directory.path, now: present + hour)
        #expect(second.createdAt == present / 1000)
        #expect(try await second.unfinished() == [job])
        #expect(try await second.admit(.migrate(), claim: .minted("a"), at: present) == .replayed)
        #expect(try await second.admit(.migrate(key: "k"), claim: nil, at: present) == .existing(job))
        // Ids ascend even if the clock of the new process is behind.
        let next = try #require(try await second.admit(.migrate(), claim: nil, at: present - day).admitted)
        #expect(next.id > job.id)
    }

    @Test func copiedFilesOfAnOpenJournalAreComplete() async throws {
        let journal = try Journal(directory: directory.path, now: present)
        let queued = try #require(try await journal.admit(.migrate(), claim: .minted("a"), at: present).admitted)
        let running = try #require(try await journal.admit(.migrate(), claim: .minted("b"), at: present).admitted)
        try await journal.start(running.id, context: #"{"before":[]}"#, at: present)

        // A copy of the files of an open journal: the state after a power failure.
        let copy = try TemporaryDirectory()
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
            try FileManager.default.copyItem(atPath: "\(directory.path)/\(name)", toPath: "\(copy.path)/\(name)")
        }
        let restarted = try Journal(directory: copy.path, now: present + 1)
        #expect(try await restarted.unfinished().map(\.id) == [queued.id, running.id])
        #expect(try await restarted.job(running.id)?.context == #"{"before":[]}"#)
        #expect(try await restarted.admit(.migrate(), claim: .minted("b"), at: present) == .replayed)
    }

    @Test func truncatedLogLosesOnlyTheLastTransaction() async throws {
        let journal = try Journal(directory: directory.path, now: present)
        let job = try #require(try await journal.admit(.migrate(), claim: nil, at: present).admitted)
        let log = "\(directory.path)/journal.sqlite-wal"
        let whole = try #require(FileManager.default.contents(atPath: log)).count
        try await journal.finish(job.id, as: .succeeded, at: present)

        let copy = try TemporaryDirectory()
        try FileManager.default.copyItem(
            atPath: "\(directory.path)/journal.sqlite", toPath: "\(copy.path)/journal.sqlite")
        let bytes = try #require(FileManager.default.contents(atPath: log))
        #expect(bytes.count > whole)
        // Only half of the last transaction was written.
        try bytes.prefix((whole + bytes.count) / 2).write(to: URL(filePath: "\(copy.path)/journal.sqlite-wal"))
        let restarted = try Journal(directory: copy.path, now: present)
        #expect(try await restarted.unfinished() == [job])
    }

    @Test func journalOpensAfterItsProcessWasKilled() async throws {
        let path = directory.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.path as String] in
            let journal = try Journal(directory: path, now: present)
            let admission = try await journal.admit(.migrate(key: "k"), claim: .minted("a"), at: present)
            try await journal.start(try #require(admission.admitted).id, context: "{}", at: present)
            kill(getpid(), SIGKILL)
        }
        let journal = try Journal(directory: path, now: present)
        let left = try await journal.unfinished()
        #expect(left.map(\.state) == [.running] && left.map(\.context) == ["{}"])
        #expect(try await journal.admit(.migrate(), claim: .minted("a"), at: present) == .replayed)
        try await journal.finish(try #require(left.first).id, as: .unknown, error: "{}", at: present)
        #expect(try await journal.unfinished().isEmpty)
    }

    @Test func journalUsesWALWithFullSynchronousMode() async throws {
        let journal = try Journal(directory: directory.path, now: present)
        let settings = try await journal.settings()
        #expect(settings == ["wal", "2", "exclusive"])
    }
}
