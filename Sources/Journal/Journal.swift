import GRDB
import Runtime
import Synchronization

/// The agent's durable state in one SQLite file: jobs with their steps, the nonces of used tokens, and repairs that can
/// be undone.
///
/// Each call that changes something is one transaction with one fsync, and is on disk when the call returns. Only one
/// process at a time can open the journal; a second one is refused. The actor runs on a queue of its own, so that no
/// thread of the shared pool waits for the disk. The caller passes the time, in Unix milliseconds.
public actor Journal {
    /// The limits of what the journal keeps.
    public struct Limits: Sendable {
        /// The maximum number of nonces. Nonces of valid tokens are never deleted; a full store returns `busy`. Where the
        /// clock is set back over the expiry of deleted nonces, tokens that expire at that time are refused.
        public var nonces: Int
        /// The maximum number of queued jobs of one database; a further one is refused with `queueFull`.
        public var queuedJobs: Int
        /// How long an idempotency key belongs to its job, in milliseconds.
        public var idempotency: Int64
        /// How long a settled job is kept, in milliseconds; at least `idempotency`.
        public var retention: Int64

        /// By default 65,536 nonces, 100 queued jobs, 7 days and 30 days.
        public init(
            nonces: Int = 65_536, queuedJobs: Int = 100, idempotency: Int64 = 7 * 86_400_000,
            retention: Int64 = 30 * 86_400_000
        ) {
            self.nonces = nonces
            self.queuedJobs = queuedJobs
            self.idempotency = idempotency
            self.retention = max(retention, idempotency)
        }
    }

    /// When this nonce store was created, in Unix seconds. Tokens minted before are refused, because the store does not
    /// know whether they were used.
    public nonisolated let createdAt: Int64
    /// The path of the journal's file.
    public nonisolated let path: String

    public nonisolated let limits: Limits
    private nonisolated let lastFailure = Mutex<JournalError?>(nil)

    /// Why the last write failed; nil when it did not, or when the state of a job did not allow it.
    public nonisolated var failure: JournalError? { lastFailure.withLock(\.self) }

    /// Internal for the tests, which limit its size to simulate a full disk.
    let queue: DatabaseQueue
    private let executor: QueueExecutor
    private var isClosed = false
    private var lastIdentifier: JobIdentifier?
    /// The number of rows in the table `nonce`. Counting them at each admission would cost more than the admission.
    private(set) var nonceCount: Int
    /// When settled jobs were last purged, in Unix milliseconds.
    private var lastPurge: Int64 = .min

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the journal in `directory`. Creates the file, and the last component of the directory, if they are missing.
    ///
    /// - Parameters:
    ///   - directory: the agent's state directory.
    ///   - now: the current time in Unix milliseconds, recorded as the time of creation in a new journal.
    ///   - limits: the limits of what is kept.
    /// - Throws: `JournalError` when another process has the journal open, or when it cannot be written, is damaged, or
    ///   was written by a newer version.
    public init(directory: String, now: Int64, limits: Limits = Limits()) throws(JournalError) {
        path = try JournalFile.prepare(directory: directory)
        self.limits = limits
        executor = QueueExecutor(label: "journal")
        queue = try JournalFile.database(at: path)
        do {
            let migrator = JournalSchema.migrator(now: now)
            if try queue.read(migrator.hasBeenSuperseded) {
                throw JournalError(
                    .newerFormat, path: path, message: "the journal was written by a newer version",
                    remedy: "run that version, or move the file away and lose the history of jobs")
            }
            try migrator.migrate(queue)
            (createdAt, nonceCount, lastIdentifier) = try queue.read { db in
                let createdAt = try Int64.fetchOne(
                    db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [JournalSchema.createdAtKey])
                guard let createdAt else {
                    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the time of creation is missing")
                }
                return (createdAt, try NonceTable.count(in: db), try JobTable.lastIdentifier(in: db))
            }
        } catch {
            throw JournalError(error, path: path)
        }
    }

    /// Writes everything back into the one file and closes it. Later calls fail with `closed`, except that closing again
    /// does nothing.
    ///
    /// - Throws: `JournalError` when the disk reports an error; the journal is intact nevertheless.
    public func close() throws(JournalError) {
        guard !isClosed else { return }
        isClosed = true
        do {
            try queue.close()
        } catch {
            throw JournalError(error, path: path)
        }
    }

    // MARK: - Admission

    /// Decides about a mutation and records the decision in one durable transaction: stores the nonce, looks up the
    /// idempotency key, and queues a new job.
    ///
    /// The nonce is used up even if the result is an existing job or a mismatch: a token is valid for one request,
    /// whatever its outcome. Under an idempotency key (per principal and command, for the time in `Limits`), a request
    /// with the same fingerprint and database returns the existing job, or makes a new attempt if that job failed with a
    /// retryable error.
    ///
    /// - Parameters:
    ///   - request: the mutation.
    ///   - claim: the verified token's nonce; nil when the socket requires no token.
    ///   - now: Unix milliseconds.
    /// - Throws: `JournalError` when nothing could be recorded. A refusal is not an error but an `Admission`.
    public func admit(_ request: JobRequest, claim: NonceClaim?, at now: Int64) throws(JournalError) -> Admission {
        let identifier = JobIdentifier(milliseconds: now, after: lastIdentifier)
        var nonces = nonceCount
        // Also when the clock was set back since.
        let purges = lastPurge + 3_600_000 < now || lastPurge > now
        let admission = try write { db -> Admission in
            if let claim {
                guard claim.issuedAt >= createdAt else { return .mintedBeforeStore }
                let refusal = try NonceTable.use(claim, at: now, count: &nonces, limit: limits.nonces, in: db)
                if let refusal { return refusal }
            }
            if purges { try JobTable.purge(endedBefore: now - limits.retention, in: db) }
            let earlier = try JobTable.latest(of: request, since: now - limits.idempotency, in: db)
            if let (job, fingerprint) = earlier {
                guard fingerprint == request.fingerprint, job.database == request.database else {
                    return .idempotencyMismatch(job: job.id)
                }
                guard job.state.isSettled, job.isRetryable else { return .existing(job) }
            }
            guard try JobTable.queued(database: request.database, in: db) < limits.queuedJobs else {
                return .queueFull
            }
            let job = Job(request, id: identifier.text, attempt: (earlier?.job.attempt ?? 0) + 1, at: now)
            try JobTable.insert(job, fingerprint: request.fingerprint, into: db)
            try StepTable.append(JobStep(.admitted, at: now), to: job.id, in: db)
            return .admitted(job)
        }
        nonceCount = nonces
        if purges { lastPurge = now }
        if case .admitted = admission { lastIdentifier = identifier }
        return admission
    }

    // MARK: - Transactions

    /// Runs one durable transaction; an error in the body rolls it back.
    func write<Value>(_ body: (Database) throws -> Value) throws(JournalError) -> Value {
        try checkOpen()
        do {
            let value = try queue.write(body)
            lastFailure.withLock { $0 = nil }
            return value
        } catch {
            let failure = JournalError(error, path: path)
            if failure.isDegradation { lastFailure.withLock { $0 = failure } }
            throw failure
        }
    }

    /// Writes something and removes it again, to see whether the disk still allows it.
    ///
    /// - Throws: `JournalError` when it does not, which ``failure`` has then, too.
    public func probe() throws(JournalError) {
        try write { db in
            try db.execute(
                sql: """
                    CREATE TABLE probe (data BLOB) STRICT;
                    INSERT INTO probe VALUES (zeroblob(16384));
                    DROP TABLE probe;
                    """)
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(JournalError) -> Value {
        try checkOpen()
        do {
            return try queue.read(body)
        } catch {
            throw JournalError(error, path: path)
        }
    }

    /// Checked first, because GRDB traps when a closed connection is used.
    private func checkOpen() throws(JournalError) {
        guard !isClosed else {
            throw JournalError(.closed, path: path, message: "the journal is closed")
        }
    }
}
