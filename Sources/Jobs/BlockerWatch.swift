import Inspection
import Journal
package import Postgres
import Runtime
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
    private let publish: @Sendable (Progress) -> Void
    private let seen = Mutex<[Blocker]>([])
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// - Parameters:
    ///   - job: its sessions are recognized by their `application_name`, and by the fence.
    ///   - publish: called when the job begins to wait, and when it waits for other sessions than before.
    init(_ database: ManagedDatabase, _ job: Job, publish: @escaping @Sendable (Progress) -> Void) {
        self.database = database
        self.publish = publish
        application = SessionOptions.applicationName(of: job)
    }

    /// The sessions for which the job has waited last; empty when it never waited.
    package var last: [Blocker] { seen.withLock(\.self) }

    func start() {
        let watching = Task { [self] in
            var reported: Set<Int32> = []
            var begun = ContinuousClock.now
            repeat {
                // On a session that others use too: cancelling this task must not cancel their statements.
                let blockers = await Task { try? await database.blockers(of: application) }.value ?? []
                if blockers.isEmpty {
                    (reported, begun) = ([], .now)
                } else {
                    seen.withLock { $0 = blockers }
                    let waiting = Set(blockers.map(\.pid))
                    if waiting != reported {
                        publish(
                            Progress(
                                phase: .lockWait, elapsedMs: (.now - begun).milliseconds,
                                blockers: blockers.map(\.reported)))
                    }
                    reported = waiting
                }
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
        named.message += "; the lock was held by \(first.reported.text)\(others): \(first.advice)"
        let reported = Progress(phase: .lockWait, blockers: blockers.map(\.reported))
        let shown = showsQueries ? reported : reported.withoutQueries
        named.details.append(.init("blockers", (try? JSON(encoding: shown.blockers)) ?? .null))
        return named
    }
}

extension Blocker {
    /// What the operator can do about it.
    var advice: String {
        guard pid != 0 else { return "pg_prepared_xacts shows it; COMMIT PREPARED or ROLLBACK PREPARED ends it" }
        let ended = state?.hasPrefix("idle in transaction") == true ? "its open transaction" : "what it is doing"
        return "let it finish and try again; SELECT pg_terminate_backend(\(pid)) would end the session and roll back "
            + ended
    }

    /// For events and errors.
    var reported: Progress.Blocker {
        Progress.Blocker(
            pid: Int64(pid), user: user, application: applicationName, state: state, transactionAgeMs: transactionAgeMs,
            query: query)
    }
}

extension SessionOptions {
    /// The `application_name` of the sessions in which a job writes.
    static func applicationName(of job: Job) -> String { "schemad \(job.command) \(job.id)" }
}
