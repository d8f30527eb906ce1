import Inspection
import Postgres
import Wire

/// The exclusive right to change one database, held by a session of its own.
///
/// It consists of two advisory locks. The runner lock excludes other agents. The fence is held by the sessions of a
/// run: while a backend of an earlier run exists, on whatever host that run was started, nothing new begins.
package struct RunnerLock: Sendable {
    private let database: ManagedDatabase
    private let connection: Connection

    init(_ database: ManagedDatabase, job: String) {
        self.database = database
        connection = Connection(
            database.address,
            SessionOptions(
                applicationName: "schemad lock \(job)", statementTimeoutMs: 5_000, searchPath: "pg_catalog",
                keepsSession: true))
    }

    /// Takes the lock and checks that the fence is free.
    ///
    /// - Parameters:
    ///   - isDraining: whether the agent is ending and the wait has to end.
    ///   - waiting: called once for each lock that is waited for.
    /// - Throws: `conflict`, naming the holder, when `deadline` passes; `draining`; the database's own errors.
    func take(
        until deadline: ContinuousClock.Instant, isDraining: () -> Bool, waiting: (String) -> Void
    ) async throws(JobsError) {
        try await wait(for: Locks.runner, until: deadline, isDraining, waiting) { session throws(PostgresError) in
            try Locks.tryRunnerLock(session)
        }
        try await wait(for: Locks.fence, until: deadline, isDraining, waiting) { session throws(PostgresError) in
            // A session that was lost and opened again meanwhile has lost the lock.
            guard try Locks.holdsRunnerLock(session) else { throw Self.lost }
            return try Locks.fenceIsFree(session)
        }
    }

    /// - Throws: `conflict` when the session of the lock was lost, and the lock with it.
    func requireHeld() async throws(JobsError) {
        do {
            try await connection.withSession { session throws(PostgresError) in
                guard try Locks.holdsRunnerLock(session) else { throw Self.lost }
            }
        } catch {
            throw JobsError(.conflict, "database \(database.name): \(error)")
        }
    }

    private static let lost = PostgresError(
        kind: .connectionLost, message: "The session that held the runner lock was lost before anything was run.")

    /// Releases the lock by closing its session.
    func release() async { await connection.close() }

    private func wait(
        for key: Int64, until deadline: ContinuousClock.Instant, _ isDraining: () -> Bool, _ waiting: (String) -> Void,
        _ attempt: @Sendable (Session) throws(PostgresError) -> Bool
    ) async throws(JobsError) {
        var isFirst = true
        while true {
            let holder: Locks.Holder?
            do {
                let isFree = try await connection.withSession(attempt)
                if isFree { return }
                holder = try await connection.withSession { session throws(PostgresError) in
                    try Locks.holders(of: key, session).first
                }
            } catch {
                throw JobsError(error, database: database.name)
            }
            let who = Self.describe(holder, key)
            if isFirst { waiting("waiting: \(who)") }
            isFirst = false
            guard .now < deadline else { throw Self.conflict(who, holder) }
            guard !isDraining() else { throw JobsError.draining }
            // Polled outside a transaction: a waiting pg_advisory_lock would block CREATE INDEX CONCURRENTLY.
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private static func describe(_ holder: Locks.Holder?, _ key: Int64) -> String {
        let what =
            key == Locks.runner
            ? "another job holds the lock of this database" : "a backend of an earlier run is still active"
        guard let holder else { return what }
        let name = holder.applicationName.map { " (\($0))" } ?? ""
        let since = holder.backendStart.map { " since \($0)" } ?? ""
        return "\(what): backend \(holder.pid)\(name)\(since)"
    }

    private static func conflict(_ who: String, _ holder: Locks.Holder?) -> JobsError {
        var members: [JSON.Object.Member] = []
        if let holder {
            members.append(.init("pid", .integer(Int64(holder.pid))))
            // The agent's own sessions have the job's id as the last word of their name.
            let words = (holder.applicationName ?? "").split(separator: " ")
            if words.first == "schemad", words.count == 3 { members.append(.init("job", .string(String(words[2])))) }
        }
        return JobsError(.conflict, "\(who); nothing was run", details: members)
    }
}
