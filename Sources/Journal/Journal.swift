import GRDB

/// The agent's durable memory: jobs, the nonces of used tokens, and repairs that can be undone, in one SQLite file.
///
/// Each step that changes something is one transaction with one fsync, and has been written to disk when the call
/// returns. One process at a time has the journal; a second one is refused. The actor runs on a queue of its own, so
/// that no caller's thread waits for the disk. Times are given by the caller, in Unix milliseconds.
public actor Journal {
    /// The bounds of what the journal keeps.
    public struct Limits: Sendable {
        /// How many nonces are stored at most; live ones are never evicted, a full store answers `busy`.
        public var nonces: Int
        /// How long an idempotency key stands for its job, in milliseconds.
        public var idempotency: Int64
        /// How long a settled job is kept, in milliseconds; never less than `idempotency`.
        public var retention: Int64

        /// 65,536 nonces, 7 days and 30 days, unless told otherwise.
        public init(nonces: Int = 65_536, idempotency: Int64 = 7 * 86_400_000, retention: Int64 = 30 * 86_400_000) {
            self.nonces = nonces
            self.idempotency = idempotency
            self.retention = max(retention, idempotency)
        }
    }

    /// The second, in Unix time, in which this store was made. Tokens minted before it are refused: whether they were
    /// used is not known.
    public nonisolated let createdAt: Int64
    /// The file that holds the journal.
    public nonisolated let path: String

    nonisolated let limits: Limits
    /// Internal for the tests, which bound its size to fill it.
    let queue: DatabaseQueue
    private let executor: QueueExecutor
    private var isClosed = false
    var lastIdentifier: JobIdentifier?
    /// How many rows the table `nonce` has; counting them at each admission would cost more than the admission.
    var nonceCount: Int
    /// When settled jobs were last purged, in Unix milliseconds.
    var lastPurge: Int64 = .min

    /// The actor runs on a queue of its own.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the journal in `directory`, making the file, and the last component of the directory, where missing.
    ///
    /// - Parameters:
    ///   - directory: the agent's state directory.
    ///   - now: the present, in Unix milliseconds; recorded as the time of making in a new journal.
    ///   - limits: bounds of what is kept.
    /// - Throws: `JournalError`: another process has it, it cannot be written, is damaged, or is of a newer version.
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
                    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the time of making is missing")
                }
                let nonces = try Int.fetchOne(db, sql: "SELECT count(*) FROM nonce") ?? 0
                let last = try String.fetchOne(db, sql: "SELECT max(id) FROM job")
                return (createdAt, nonces, last.flatMap(JobIdentifier.init))
            }
        } catch {
            throw JournalError(error, path: path)
        }
    }

    /// Writes everything back into the one file and lets go of it. Calls that come later fail with `closed`; closing
    /// again does nothing.
    ///
    /// - Throws: `JournalError` when the disk refuses; the journal is whole nevertheless.
    public func close() throws(JournalError) {
        guard !isClosed else { return }
        isClosed = true
        do {
            try queue.close()
        } catch {
            throw JournalError(error, path: path)
        }
    }

    /// Runs one durable transaction; an error inside takes all of it back.
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

    /// GRDB traps when a closed connection is used.
    private func checkOpen() throws(JournalError) {
        guard !isClosed else {
            throw JournalError(.closed, path: path, message: "the journal has been closed")
        }
    }
}
