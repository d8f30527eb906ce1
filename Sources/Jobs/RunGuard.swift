package import Alembic
import Inspection
package import Postgres
import Wire

/// The exclusive right to change one database, which one run has. Nothing else says that the lock is held.
///
/// It owns one session, which holds the runner lock against other agents and knows its server. On that same session it
/// proves where env.py is connected. Before the run begins, the fence is free: while a backend of an earlier run
/// exists, on whatever host that run was started, nothing new begins.
package actor RunGuard {
    /// How often the session is used, at least: a firewall may drop one that is idle.
    private static let heartbeatInterval = Duration.seconds(10)

    private let database: ManagedDatabase
    private let connection: Connection
    private var heartbeat: Task<Void, Never>?
    /// Why the lock is no longer held.
    private var loss: PostgresError?
    /// The database in which the lock is held; nil before it is.
    package private(set) var server: DatabaseIdentity?

    init(_ database: ManagedDatabase, job: String) {
        self.database = database
        connection = Connection(
            database.address,
            SessionOptions(
                applicationName: RunHolder.applicationName(job: job), statementTimeoutMs: 5_000,
                searchPath: "pg_catalog", keepsSession: true))
    }

    /// Takes the lock and checks that the fence is free.
    ///
    /// - Parameters:
    ///   - mayGoOn: called while it waits; what it throws ends the wait.
    ///   - waiting: called once for each lock that is waited for.
    /// - Throws: `conflict`, naming the holder, when `deadline` passes; `draining`; the database's own errors.
    func take(
        until deadline: ContinuousClock.Instant, mayGoOn: @Sendable () throws(JobsError) -> Void,
        waiting: @Sendable (String) -> Void
    ) async throws(JobsError) {
        try await wait(for: .runner, until: deadline, mayGoOn, waiting) { session throws(PostgresError) in
            try Locks.tryRunnerLock(session)
        }
        try await wait(for: .fence, until: deadline, mayGoOn, waiting) { session throws(PostgresError) in
            // A session that was lost and opened again meanwhile has lost the lock.
            guard try Locks.holdsRunnerLock(session) else { throw Self.lost }
            return try Locks.fenceIsFree(session)
        }
        do {
            server = try await connection.withSession(DatabaseIdentity.read)
        } catch {
            throw JobsError(error, database: database.name)
        }
        heartbeat = Task { [weak self] in
            // A timer, until the lock is released.
            while (try? await Task.sleep(for: Self.heartbeatInterval)) != nil {
                guard await self?.beat() == true else { return }
            }
        }
    }

    /// A run asks at each point at which it can stop without a trace: before it writes, and before each COMMIT.
    ///
    /// - Throws: `conflict` when the session of the lock was lost, and the lock with it.
    package func requireHeld() async throws(JobsError) {
        _ = try await checked { _ in true }
    }

    /// Whether the session that env.py opened is in the locked database: its fence must appear in `pg_locks` there.
    ///
    /// - Throws: as ``requireHeld()``.
    package func proves(_ report: ConnectionReport) async throws(JobsError) -> Bool {
        guard let pid = report.backendPid else { return false }
        return try await checked { session throws(PostgresError) in try Locks.sees(pid: pid, session) }
    }

    /// Releases the lock by closing its session.
    package func release() async {
        heartbeat?.cancel()
        heartbeat = nil
        server = nil
        await connection.close()
    }

    /// Runs the body on the session of the lock, while it is held.
    private func checked(
        _ body: @Sendable (Session) throws(PostgresError) -> Bool
    ) async throws(JobsError) -> Bool {
        do throws(PostgresError) {
            if let loss { throw loss }
            guard let server else { throw Self.lost }
            return try await connection.withSession { session throws(PostgresError) in
                guard try Locks.holdsRunnerLock(session),
                    server.difference(to: try DatabaseIdentity.read(session)) == nil
                else { throw Self.lost }
                return try body(session)
            }
        } catch {
            if error.kind == .connectionLost { loss = loss ?? error }
            throw JobsError(.conflict, "database \(database.name): \(error)")
        }
    }

    /// - Returns: false when the lock is lost, which the run learns when it asks.
    private func beat() async -> Bool {
        _ = try? await checked { _ in true }
        return loss == nil
    }

    private static let lost = PostgresError(
        kind: .connectionLost, message: "The session that held the runner lock was lost; the run was stopped.")

    // MARK: - Waiting

    /// What a run waits for.
    private enum Lock {
        case runner, fence

        var key: Int64 { self == .runner ? Locks.runner : Locks.fence }
        var sentence: String {
            self == .runner
                ? "another job holds the lock of this database" : "a backend of an earlier run is still active"
        }
    }

    private func wait(
        for lock: Lock, until deadline: ContinuousClock.Instant,
        _ mayGoOn: @Sendable () throws(JobsError) -> Void,
        _ waiting: @Sendable (String) -> Void, _ attempt: @Sendable (Session) throws(PostgresError) -> Bool
    ) async throws(JobsError) {
        var isFirst = true
        while true {
            let holder: RunHolder?
            do {
                let isFree = try await connection.withSession(attempt)
                if isFree { return }
                holder = try await connection.withSession { session throws(PostgresError) in
                    try Locks.holders(of: lock.key, session).first.map(RunHolder.init)
                }
            } catch {
                throw JobsError(error, database: database.name)
            }
            let who = lock.sentence + (holder.map { ": \($0.text)" } ?? "")
            if isFirst { waiting("waiting: \(who)") }
            isFirst = false
            guard .now < deadline else {
                throw JobsError(.conflict, "\(who); nothing was run", details: holder?.details ?? [])
            }
            try mayGoOn()
            // Polled outside a transaction: a waiting pg_advisory_lock would block CREATE INDEX CONCURRENTLY.
            try? await Task.sleep(for: .milliseconds(50))
        }
    }
}
