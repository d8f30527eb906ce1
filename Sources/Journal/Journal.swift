import GRDB
import Runtime

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
        /// How long an idempotency key belongs to its job, in milliseconds.
        public var idempotency: Int64
        /// How long a settled job is kept, in milliseconds; at least `idempotency`.
        public var retention: Int64

        /// By default 65,536 nonces, 7 days and 30 days.
        public init(nonces: Int = 65_536, idempotency: Int64 = 7 * 86_400_000, retention: Int64 = 30 * 86_400_000) {
            self.nonces = nonces
            self.idempotency = idempotency
            self.retention = max(retention, idempotency)
        }
    }

    /// When this nonce store was created, in Unix seconds. Tokens minted before are refused, because the store does not
    /// know whether they were used.
    public nonisolated let createdAt: Int64
    /// The path of the journal's file.
    public nonisolated let path: String

    nonisolated let limits: Limits
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

    // MARK: - Jobs

    /// Records that a queued job starts, before it changes anything.
    ///
    /// - Parameters:
    ///   - id: the job.
    ///   - context: what is needed to establish the outcome after a restart, JSON text.
    ///   - now: Unix milliseconds.
    /// - Throws: `JournalError`: `notFound`, `wrongState` when the job is not queued, or an error of the disk. The job
    ///   must not run in any of these cases.
    public func start(_ id: String, context: String? = nil, at now: Int64) throws(JournalError) {
        try write { db in
            guard try JobTable.start(id, context: context, at: now, in: db) else {
                throw try refusal(of: id, to: "start", in: db)
            }
            try StepTable.append(JobStep(.started, at: now), to: id, in: db)
        }
    }

    /// Settles a job that is running, that is still queued (it was cancelled, or failed before it started), or whose
    /// outcome was unknown.
    ///
    /// - Parameters:
    ///   - id: the job.
    ///   - state: a settled state.
    ///   - result: JSON text.
    ///   - error: JSON text.
    ///   - retryable: whether the error allows another attempt under the same idempotency key.
    ///   - repair: recorded in the same transaction, so that every applied repair can be undone.
    ///   - undone: the id of the repair that the job has undone, recorded in the same transaction.
    ///   - now: Unix milliseconds.
    /// - Throws: `JournalError`: `notFound`, `wrongState` when the job is settled already or `state` is not a settled
    ///   state, or an error of the disk.
    public func finish(
        _ id: String, as state: Job.State, result: String? = nil, error: String? = nil, retryable: Bool = false,
        repair: Repair? = nil, undone: String? = nil, at now: Int64
    ) throws(JournalError) {
        guard state.isSettled else {
            throw JournalError(.wrongState, path: path, message: "job \(id) cannot end as \(state.rawValue)")
        }
        try write { db in
            let isFinished = try JobTable.finish(
                id, as: state, result: result, error: error, retryable: retryable, at: now, in: db)
            guard isFinished else { throw try refusal(of: id, to: "end", in: db) }
            if state != .unknown { try StepTable.append(JobStep(.concluded, at: now), to: id, in: db) }
            if let repair {
                guard try RepairTable.insert(repair, into: db) else {
                    throw JournalError(.wrongState, path: path, message: "repair \(repair.id) is already recorded")
                }
            }
            if let undone { try RepairTable.undo(undone, at: now, in: db) }
        }
    }

    /// Appends steps of a job in one transaction.
    ///
    /// - Throws: `JournalError`: `wrongState` when the job is not running, or an error of the disk. What was to be done
    ///   after the steps must not be done then.
    public func append(_ steps: [JobStep], to id: String) throws(JournalError) {
        try write { db in
            guard try JobTable.state(of: id, in: db) == Job.State.running.rawValue else {
                throw try refusal(of: id, to: "continue", in: db)
            }
            for step in steps { try StepTable.append(step, to: id, in: db) }
        }
    }

    /// The steps of a job, in the order in which they were appended.
    public func steps(of id: String) throws(JournalError) -> [JobStep] {
        try read { db in try StepTable.steps(of: id, in: db) }
    }

    /// The job with this id; nil when there is none.
    public func job(_ id: String) throws(JournalError) -> Job? {
        try read { db in try JobTable.job(id, in: db) }
    }

    /// Jobs, newest first, one page at a time.
    ///
    /// - Parameters:
    ///   - state: only jobs in this state.
    ///   - databases: only jobs of these databases; nil for all.
    ///   - limit: jobs per page, at least 1.
    ///   - bytes: the limit of the text of a page: parameters, context, result and error of all its jobs together. A
    ///     page has at least one job.
    ///   - cursor: `nextCursor` of the previous page. New jobs do not shift later pages.
    public func jobs(
        state: Job.State? = nil, databases: Set<String>? = nil, limit: Int = 50, bytes: Int = 1 << 20,
        cursor: String? = nil
    ) throws(JournalError) -> JobPage {
        let (jobs, hasMore) = try read { db in
            try JobTable.jobs(
                state: state, databases: databases, before: cursor, limit: max(1, limit), bytes: bytes, in: db)
        }
        return JobPage(jobs: jobs, nextCursor: hasMore ? jobs.last?.id : nil)
    }

    /// The queued and running jobs, oldest first: after a restart, they must be settled before anything else runs.
    public func unfinished() throws(JournalError) -> [Job] {
        try read { db in try JobTable.unfinished(in: db) }
    }

    /// The jobs whose outcome is not known although they recorded a plan, oldest first: they may be settled later.
    public func undecided() throws(JournalError) -> [Job] {
        try read { db in try JobTable.undecided(in: db) }
    }

    /// The number of jobs in each state, 0 for states without jobs.
    public func counts() throws(JournalError) -> [Job.State: Int] {
        try read { db in try JobTable.counts(in: db) }
    }

    /// The error when no row of `job` allowed the step.
    private func refusal(of id: String, to step: String, in db: Database) throws -> JournalError {
        if let state = try JobTable.state(of: id, in: db) {
            JournalError(.wrongState, path: path, message: "job \(id) cannot \(step): it is \(state)")
        } else {
            JournalError(.notFound, path: path, message: "there is no job \(id)")
        }
    }

    // MARK: - Repairs

    /// The repair with this id; nil when there is none.
    public func repair(_ id: String) throws(JournalError) -> Repair? {
        try read { db in try RepairTable.repair(id, in: db) }
    }

    /// The newest repair of a database that was not undone, which is the only one that can be undone; nil when there is
    /// none.
    public func latestRepair(database: String) throws(JournalError) -> Repair? {
        try read { db in try RepairTable.latest(database: database, in: db) }
    }

    // MARK: - Transactions

    /// Runs one durable transaction; an error in the body rolls it back.
    func write<Value>(_ body: (Database) throws -> Value) throws(JournalError) -> Value {
        try checkOpen()
        do {
            return try queue.write(body)
        } catch {
            throw JournalError(error, path: path)
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
