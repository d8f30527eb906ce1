import Foundation
import Journal

/// A directory that is removed with its owner.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/journal-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// The current time in the tests, in Unix milliseconds: 1 January 2026.
let present: Int64 = 1_767_225_600_000
let hour: Int64 = 3_600_000
let day: Int64 = 24 * hour

extension JobRequest {
    /// A request for `migrate`.
    static func migrate(
        _ database: String = "main", principal: String = "deploy", params: String = "{}", key: String? = nil
    ) -> JobRequest {
        JobRequest(
            command: "migrate", database: database, principal: principal, params: params,
            deadline: present + 30_000, reason: "release 42", idempotencyKey: key)
    }
}

extension NonceClaim {
    /// The claim of a token minted at `time` (Unix milliseconds) that is valid for a minute.
    static func minted(_ nonce: String, kid: String = "deploy", at time: Int64 = present) -> NonceClaim {
        NonceClaim(kid: kid, nonce: nonce, issuedAt: time / 1000, expiresAt: time / 1000 + 60)
    }
}

extension Admission {
    /// The new job, if one was admitted.
    var admitted: Job? {
        if case .admitted(let job) = self { job } else { nil }
    }
}

/// The kind of the journal error that the work throws; nil when it succeeds.
func failure(of work: () async throws -> Void) async -> JournalError.Kind? {
    do {
        try await work()
        return nil
    } catch {
        return (error as? JournalError)?.kind
    }
}
