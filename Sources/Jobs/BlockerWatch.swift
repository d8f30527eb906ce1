import Inspection
import Journal
package import Postgres
import Schema
import Synchronization
import Text
import Wire

/// Watches which sessions keep a job waiting, as long as the job runs.
///
/// A lock timeout only says that some lock was not granted. Who held it is visible only while the job waits.
package final class BlockerWatch: Sendable {
    /// How often the server is asked. A shorter wait may go unnoticed.
    private static let interval = Duration.milliseconds(250)

    private let database: ManagedDatabase
    private let application: String
    private let seen = Mutex<[Blocker]>([])
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// - Parameter job: its sessions are recognized by their `application_name`, and by the fence.
    init(_ database: ManagedDatabase, _ job: Job) {
        self.database = database
        application = SessionOptions.applicationName(of: job)
    }

    /// The sessions for which the job has waited last; empty when it never waited.
    package var last: [Blocker] { seen.withLock(\.self) }

    func start() {
        let watching = Task { [self] in
            repeat {
                // On a session that others use too: cancelling this task must not cancel their statements.
                let blockers = await Task { try? await database.blockers(of: application) }.value ?? []
                if !blockers.isEmpty { seen.withLock { $0 = blockers } }
                // The server announces no wait: poll, until the job ends and cancels this.
            } while (try? await Task.sleep(for: Self.interval)) != nil
        }
        task.withLock { $0 = watching }
    }

    /// Returns when the last question to the server is answered.
    func stop() async {
        let watching = task.withLock { $0.take() }
        watching?.cancel()
        await watching?.value
    }
}

extension JobsError {
    /// The error with the sessions for which the job waited, where a lock timeout ended it.
    ///
    /// - Parameters:
    ///   - blockers: the sessions that the job waited for last.
    ///   - showsQueries: whether those who may see the error's details may see the statements of other sessions.
    func naming(_ blockers: [Blocker], showsQueries: Bool) -> JobsError {
        guard let first = blockers.first, details.contains(.init("sqlstate", "55P03")) else { return self }
        var named = self
        let others = blockers.count == 1 ? "" : " and \(blockers.count - 1) more"
        named.message += "; the lock was held by \(first.text)\(others): \(first.advice)"
        named.details.append(.init("blockers", .array(blockers.map { $0.json(showsQuery: showsQueries) })))
        return named
    }
}

extension Blocker {
    /// For example `backend 4711 (user app, application psql, idle in transaction, for 35 s)`.
    var text: String {
        guard pid != 0 else { return "a prepared transaction" }
        let parts = [
            user.map { "user \(SQLIdentifier.quoted($0))" },
            applicationName.flatMap { $0.isEmpty ? nil : "application \($0)" }, state,
            transactionAgeMs.map { "transaction open for \($0 / 1000) s" },
        ].compactMap(\.self)
        return SafeText.visible("backend \(pid)" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"))
    }

    /// What the operator can do about it.
    var advice: String {
        guard pid != 0 else { return "pg_prepared_xacts shows it; COMMIT PREPARED or ROLLBACK PREPARED ends it" }
        let ended = state?.hasPrefix("idle in transaction") == true ? "its open transaction" : "what it is doing"
        return "let it finish and try again; SELECT pg_terminate_backend(\(pid)) would end the session and roll back "
            + ended
    }

    /// - Parameter showsQuery: whether its statement is included.
    func json(showsQuery: Bool) -> JSON {
        var members: [JSON.Object.Member] = [
            .init("pid", .integer(Int64(pid))), .init("user", user.map(JSON.string) ?? .null),
            .init("application", applicationName.map(JSON.string) ?? .null),
            .init("state", state.map(JSON.string) ?? .null),
            .init("transactionAgeMs", transactionAgeMs.map(JSON.integer) ?? .null),
        ]
        if showsQuery { members.append(.init("query", query.map(JSON.string) ?? .null)) }
        return .object(JSON.Object(members))
    }
}

extension SessionOptions {
    /// The `application_name` of the sessions in which a job writes.
    static func applicationName(of job: Job) -> String { "schemad \(job.command) \(job.id)" }
}
