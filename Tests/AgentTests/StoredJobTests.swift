import Journal
import Support
import Testing
import Tokens
import Wire

@testable import Agent

/// A job of the journal in the protocol's form.
@Suite struct StoredJobTests {
    private static let peer = Principal(reader: Peer(uid: 1000, gid: 1000, pid: 7))

    /// A job that has ended, as the journal returns it.
    private static func job(
        principal: String, result: String? = nil, error: String? = nil
    ) async throws -> Job {
        try await TemporaryFolder.with { folder in
            let journal = try Journal(directory: folder.path("state"), now: 1_000)
            let request = JobRequest(
                command: "migrate", database: "main", principal: principal, params: "{}", deadline: 60_000)
            guard case .admitted(let job) = try await journal.admit(request, claim: nil, at: 2_000) else {
                throw SupportError("The job was not admitted.")
            }
            try await journal.start(job.id, context: "{}", at: 3_000)
            try await journal.finish(
                job.id, as: error == nil ? .succeeded : .failed, result: result, error: error, retryable: false,
                repair: nil, undone: nil, at: 4_000)
            let ended = try await journal.job(job.id)
            try await journal.close()
            guard let ended else { throw SupportError("The job does not exist.") }
            return ended
        }
    }

    private static let failure =
        #"{"code":"migrationFailed","details":{"revision":"c"},"message":"failed","retryable":false}"#

    @Test func onlyTheOwnerSeesDetails() async throws {
        let own = try await Self.job(principal: "uid:1000", error: Self.failure).entry(for: Self.peer)
        #expect(own.principal == "uid:1000" && own.error?.details?["revision"] == "c")
        let other = try await Self.job(principal: "deploy", error: Self.failure).entry(for: Self.peer)
        #expect(other.principal == nil && other.error?.details == nil && other.error?.message == "failed")
    }

    @Test func timesAndState() async throws {
        let entry = try await Self.job(principal: "uid:1000", result: #"{"x":1}"#).entry(for: Self.peer)
        #expect(entry.state == .succeeded && entry.result == ["x": 1] && entry.error == nil)
        #expect(entry.createdAt == "1970-01-01T00:00:02.000Z" && entry.startedAt == "1970-01-01T00:00:03.000Z")
        #expect(entry.endedAt == "1970-01-01T00:00:04.000Z")
    }

    @Test func resultsAreDecoded() async throws {
        let job = try await Self.job(principal: "p", result: #"{"x":1}"#)
        #expect(try job.decodedResult() as [String: Int] == ["x": 1])
        let failed = try await Self.job(principal: "p", error: Self.failure)
        let error = #expect(throws: WireError.self) { try failed.decodedResult() as [String: Int] }
        #expect(error?.code == .migrationFailed && error?.message == "failed")
    }
}
