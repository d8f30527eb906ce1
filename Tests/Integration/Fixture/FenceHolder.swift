import Postgres

/// A session that holds the fence, as a migration's backend does.
struct FenceHolder: Sendable {
    let pid: Int64
    private let connection: Connection

    static func hold(_ database: TestDatabase) async throws -> FenceHolder {
        let connection = Connection(
            try DatabaseAddress(database.url), SessionOptions(applicationName: "left-over run"))
        let pid = try await connection.withSession { session throws(PostgresError) in
            try session.query("SELECT pg_advisory_lock_shared($1)", ["\(Locks.fence)"])
            return try session.query("SELECT pg_backend_pid()").value
        }
        return FenceHolder(pid: Int64(pid ?? "") ?? 0, connection: connection)
    }

    func end() async { await connection.close() }
}
