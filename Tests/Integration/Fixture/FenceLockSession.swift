import Postgres

/// A session that holds the fence lock, as the backend of a migration does.
struct FenceLockSession: Sendable {
    let pid: Int64
    private let connection: Connection

    static func open(_ database: TestDatabase) async throws -> FenceLockSession {
        let connection = Connection(
            try DatabaseAddress(database.url), SessionOptions(applicationName: "left-over run"))
        let pid = try await connection.withSession { session throws(PostgresError) in
            try session.query("SELECT pg_advisory_lock_shared($1)", ["\(Locks.fence)"])
            return try session.query("SELECT pg_backend_pid()").value
        }
        return FenceLockSession(pid: Int64(pid ?? "") ?? 0, connection: connection)
    }

    func close() async { await connection.close() }
}
