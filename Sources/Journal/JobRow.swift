import GRDB

/// How a job is written to and read from the table `job`.
extension Job {
    init(row: Row) throws {
        let text: String = row["state"]
        guard let state = State(rawValue: text) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "unknown job state \(text)")
        }
        self.init(
            id: row["id"], command: row["command"], database: row["database"], principal: row["principal"],
            state: state, createdAt: row["created_at"], startedAt: row["started_at"], endedAt: row["ended_at"],
            params: row["params"], deadline: row["deadline"], reason: row["reason"],
            idempotencyKey: row["idempotency_key"], attempt: row["attempt"], context: row["context"],
            result: row["result"], error: row["error"], isRetryable: row["retryable"])
    }

    /// A job that has just been asked for.
    init(_ request: JobRequest, id: String, attempt: Int, at now: Int64) {
        self.init(
            id: id, command: request.command, database: request.database, principal: request.principal,
            state: .queued, createdAt: now, params: request.params, deadline: request.deadline,
            reason: request.reason, idempotencyKey: request.idempotencyKey, attempt: attempt, isRetryable: false)
    }

    func insert(into db: Database, fingerprint: String) throws {
        try db.execute(
            sql: """
                INSERT INTO job (id, command, "database", principal, state, created_at, params, fingerprint, deadline,
                    reason, idempotency_key, attempt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, command, database, principal, state.rawValue, createdAt, params, fingerprint, deadline,
                reason, idempotencyKey, attempt,
            ])
    }
}
