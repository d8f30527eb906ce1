import Postgres
import Support
import Synchronization

/// A transaction in a session of its own that stays open until `end()`.
final class HeldTransaction: Sendable {
    private let latch = Latch()
    private let hasBegun: Flag
    private let task: Task<Void, any Error>
    let name: String

    private final class Flag: Sendable {
        let value = Mutex(false)
    }

    /// - Parameters:
    ///   - name: the `application_name` of the session.
    ///   - first: a statement that runs at once; it may have to wait for a lock.
    ///   - last: a statement that runs right before COMMIT.
    init(_ url: String, name: String = "holder", _ first: String, then last: String = "") throws {
        self.name = name
        let connection = try connection(url) { $0.applicationName = name }
        hasBegun = Flag()
        task = Task { [latch, hasBegun] in
            let outcome: Result<Void, any Error>
            do {
                try await connection.withSession { session throws(PostgresError) in
                    try session.transaction { () throws(PostgresError) in
                        try session.query(first)
                        hasBegun.value.withLock { $0 = true }
                        latch.wait()
                        try session.query(last)
                    }
                }
                outcome = .success(())
            } catch { outcome = .failure(error) }
            await connection.close()
            try outcome.get()
        }
    }

    /// Returns when the first statement has run.
    func begun() async throws {
        try await eventually("\(name) has begun") { hasBegun.value.withLock { $0 } }
    }

    /// Runs the last statement, commits, and closes the session.
    func end() async throws {
        latch.open()
        try await task.value
    }
}

/// Returns when the session with this `application_name` in this database waits for a lock.
func waitsForLock(_ name: String, _ url: String) async throws {
    let database = try DatabaseAddress(url).database
    let observer = try connection(url)
    try await eventually("\(name) waits for a lock") {
        let rows = try await observer.query(
            """
            SELECT FROM pg_stat_activity
            WHERE application_name = $1 AND datname = $2 AND wait_event_type = 'Lock'
            """, [name, database])
        return !rows.isEmpty
    }
    await observer.close()
}
