import GRDB

/// One mutation, as recorded in the journal. All times are Unix milliseconds by the caller's clock.
public struct Job: Hashable, Sendable {
    /// The state of a job. `queued` and `running` are unfinished; the others are settled.
    public enum State: String, Codable, Hashable, Sendable, CaseIterable {
        case queued, running, succeeded, failed, cancelled
        /// The outcome could not be established; a later look at the database may still settle it.
        case unknown

        /// False while the job may still change something.
        public var isSettled: Bool { self != .queued && self != .running }
    }

    /// 26 characters, lowercase letters and digits; ids sort in the order of admission.
    public var id: String
    /// The name of the command on the wire.
    public var command: String
    /// The configured name of the database.
    public var database: String
    /// Who requested the job: a key id, or `uid:` and a number.
    public var principal: String
    public var state: State
    /// When the job was admitted.
    public var createdAt: Int64
    /// When the job started; nil while it is queued.
    public var startedAt: Int64?
    /// When the job was settled; nil before.
    public var endedAt: Int64?
    /// The parameters of the request, JSON text.
    public var params: String
    /// After this time a queued job is not started any more.
    public var deadline: Int64
    /// The caller's reason for the request.
    public var reason: String?
    /// The caller's key for this piece of work.
    public var idempotencyKey: String?
    /// Starts at 1 and grows by 1 with each new attempt under the same idempotency key.
    public var attempt: Int
    /// What was known when the job started (rows before, target, planned revisions), JSON text: enough to establish the
    /// outcome after a restart.
    public var context: String?
    /// The result, JSON text.
    public var result: String?
    /// The error, JSON text.
    public var error: String?
    /// Whether the error allows another attempt under the same idempotency key.
    public var isRetryable: Bool
}

extension Job {
    /// A newly admitted job.
    init(_ request: JobRequest, id: String, attempt: Int, at now: Int64) {
        self.init(
            id: id, command: request.command, database: request.database, principal: request.principal,
            state: .queued, createdAt: now, params: request.params, deadline: request.deadline,
            reason: request.reason, idempotencyKey: request.idempotencyKey, attempt: attempt, isRetryable: false)
    }

    /// The job in a row of the table `job`.
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
}

extension Job {
    /// The bytes of the members that can be long.
    var textBytes: Int { [params, reason, context, result, error].reduce(0) { $0 + ($1?.utf8.count ?? 0) } }
}

/// One page of jobs, newest first.
public struct JobPage: Hashable, Sendable {
    /// The jobs of this page.
    public var jobs: [Job]
    /// The cursor for the next page; nil on the last page.
    public var nextCursor: String?
}
