import Foundation
import Testing

@testable import Journal

/// Errors when the journal cannot be used.
struct FailureTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func openingError(at path: String? = nil) -> JournalError? {
        do {
            _ = try Journal(directory: path ?? directory.path, now: present)
            return nil
        } catch {
            return error
        }
    }

    @Test func secondJournalIsRefusedUntilTheFirstIsClosed() async throws {
        let first = try Journal(directory: directory.path, now: present)
        let refusal = try #require(openingError())
        #expect(refusal.kind == .locked && refusal.path == "\(directory.path)/journal.sqlite")
        #expect(
            refusal.description == "\(directory.path)/journal.sqlite: another process has the journal open; "
                + "stop the other agent, or give this one a state directory of its own")
        // The attempt does not affect the open journal.
        #expect(try await first.admit(.migrate(), claim: nil, at: present).admitted != nil)
        try await first.close()
        #expect(openingError() == nil)
    }

    @Test func secondProcessIsRefused() async throws {
        let path = directory.path
        let journal = try Journal(directory: path, now: present)
        await #expect(processExitsWith: .success) { [path = directory.path as String] in
            let error = #expect(throws: JournalError.self) { try Journal(directory: path, now: present) }
            #expect(error?.kind == .locked)
        }
        #expect(try await journal.unfinished().isEmpty)
    }

    @Test func filesArePrivateToTheirOwner() async throws {
        let state = directory.path + "/state"
        var journal: Journal? = try Journal(directory: state, now: present)
        _ = try await journal?.admit(.migrate(), claim: nil, at: present)
        #expect(try mode(of: state) == 0o700)
        for name in try FileManager.default.contentsOfDirectory(atPath: state) {
            #expect(try mode(of: "\(state)/\(name)") == 0o600)
        }
        try await journal?.close()
        journal = nil
        // Opening the journal makes a file private again whose mode was changed by hand.
        #expect(chmod("\(state)/journal.sqlite", 0o644) == 0)
        _ = try Journal(directory: state, now: present)
        #expect(try mode(of: "\(state)/journal.sqlite") == 0o600)
    }

    private func mode(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func unwritableDirectoryIsReported() async throws {
        let path = directory.path
        _ = try Journal(directory: path, now: present)
        // Root can write everywhere, so a separate process tries as nobody (65534).
        await #expect(processExitsWith: .success) { [path = directory.path as String] in
            let fresh = path + "/fresh"
            #expect(mkdir(fresh, 0o555) == 0 && chmod(path, 0o555) == 0)
            #expect(chmod(path + "/journal.sqlite", 0o444) == 0)
            if getuid() == 0 { #expect(setgid(65534) == 0 && setuid(65534) == 0) }
            for directory in [path, fresh, path + "/missing"] {
                let error = #expect(throws: JournalError.self) { try Journal(directory: directory, now: present) }
                #expect(error?.kind == .readOnly, "\(directory): \(error?.description ?? "no error")")
                #expect(error?.path.hasPrefix(directory) == true)
            }
        }
        #expect(chmod(path, 0o755) == 0)
    }

    @Test func pathThatIsNotADirectoryIsUnusable() throws {
        let file = directory.path + "/file"
        try Data().write(to: URL(filePath: file))
        #expect(openingError(at: file)?.kind == .unusable)
        #expect(openingError(at: directory.path + "/a/b/c")?.kind == .unusable)
    }

    @Test func symbolicLinkInPlaceOfTheFileIsRefused() throws {
        let target = directory.path + "/elsewhere"
        try Data().write(to: URL(filePath: target))
        try FileManager.default.createSymbolicLink(
            atPath: directory.path + "/journal.sqlite", withDestinationPath: target)
        #expect(openingError()?.kind == .unusable)
    }

    @Test(arguments: [0, 100, 4096, 8192])
    func damagedFileIsCorrupt(from offset: Int) async throws {
        let journal = try Journal(directory: directory.path, now: present)
        _ = try await journal.admit(.migrate(), claim: .minted("a"), at: present)
        try await journal.close()
        let file = URL(filePath: directory.path + "/journal.sqlite")
        var bytes = try Data(contentsOf: file)
        bytes.replaceSubrange(offset..<offset + 2000, with: Data(repeating: 0xA5, count: 2000))
        try bytes.write(to: file)
        let refusal = try #require(openingError())
        #expect(refusal.kind == .corrupt && refusal.description.contains("move it away"))
    }

    @Test func newerFormatIsRefused() async throws {
        let journal = try Journal(directory: directory.path, now: present)
        try await journal.supersede()
        try await journal.close()
        #expect(openingError()?.kind == .newerFormat)
    }

    @Test func fullDiskRefusesWritesButAllowsReads() async throws {
        let journal = try Journal(directory: directory.path, now: present)
        let job = try #require(try await journal.admit(.migrate(), claim: .minted("a"), at: present).admitted)
        try await journal.bound(pages: 1)
        var kind: JournalError.Kind?
        var refused = 0
        for number in 0..<200 where refused == 0 {
            let request = JobRequest.migrate(params: String(repeating: "x", count: 4096))
            kind = await failure {
                _ = try await journal.admit(request, claim: .minted("n\(number)"), at: present)
            }
            if kind != nil { refused = number + 1 }
        }
        #expect(kind == .diskFull)
        #expect(try await journal.job(job.id) == job)
        // The transaction was rolled back: the nonce of the refused request is valid again once there is space.
        try await journal.bound(pages: 1_000_000)
        let again = try await journal.admit(.migrate(), claim: .minted("n\(refused - 1)"), at: present)
        #expect(again.admitted != nil)
        #expect(try await journal.nonceCount == journal.storedNonces())
    }

    /// A journal knows whether its last write failed, and finds out by itself when the disk has space again.
    @Test func aFullDiskIsNoticedAndOver() async throws {
        let journal = try Journal(directory: directory.path, now: present)
        try await journal.probe()
        #expect(journal.failure == nil)
        try await journal.vacuum()
        try await journal.bound(pages: 1)
        #expect(await failure { try await journal.probe() } == .diskFull)
        #expect(journal.failure?.kind == .diskFull)
        // A state that does not allow a change is no fault of the disk.
        try await journal.bound(pages: 1_000_000)
        #expect(await failure { try await journal.start("no such job", at: present) } == .notFound)
        #expect(journal.failure?.kind == .diskFull)
        try await journal.probe()
        #expect(journal.failure == nil)
    }

    @Test(arguments: JournalErrorCase.all)
    func degradationAndDescription(sample: JournalErrorCase) {
        let error = JournalError(sample.kind, path: "p", message: "m", remedy: "r")
        #expect(error.isDegradation == sample.degrades)
        #expect(error.description == "p: m; r")
    }
}

struct JournalErrorCase: Sendable {
    var kind: JournalError.Kind
    var degrades: Bool

    static let all: [JournalErrorCase] =
        [.locked, .readOnly, .diskFull, .corrupt, .newerFormat, .unusable, .inputOutput, .closed, .failed]
        .map { JournalErrorCase(kind: $0, degrades: true) }
        + [.notFound, .wrongState].map { JournalErrorCase(kind: $0, degrades: false) }
}
