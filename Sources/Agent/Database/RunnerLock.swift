import Postgres
import Wire

/// The sole right to change one database, held by a session of its own.
///
/// Two locks stand behind it. The runner lock keeps two agents apart. The fence belongs to the child's own sessions: as
/// long as a backend of an earlier run lives, wherever that run was started, it is held and nothing new begins.
struct RunnerLock: Sendable {
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

    /// Takes the lock and sees that the fence is free.
    ///
    /// - Parameters:
    ///   - isDraining: whether the agent ends and the wait is to be given up.
    ///   - waiting: told once for each thing that is waited for.
    /// - Throws: `conflict`, naming who holds it, when `deadline` passes; `draining`; the database's own errors.
    func take(
        until deadline: ContinuousClock.Instant, isDraining: () -> Bool, waiting: (String) -> Void
    ) async throws(WireError) {
        try await wait(for: Locks.runner, until: deadline, isDraining, waiting) { session throws(PostgresError) in
            try Locks.tryRunnerLock(session)
        }
        try await wait(for: Locks.fence, until: deadline, isDraining, waiting) { session throws(PostgresError) in
            // A session that was lost and opened anew meanwhile has lost the lock with it.
            guard try Locks.holdsRunnerLock(session) else { throw Self.lost }
            return try Locks.fenceIsFree(session)
        }
    }

    /// - Throws: `conflict` when the lock's session has died, and the lock with it.
    func requireHeld() async throws(WireError) {
        do {
            try await connection.withSession { session throws(PostgresError) in
                guard try Locks.holdsRunnerLock(session) else { throw Self.lost }
            }
        } catch {
            throw WireError(.conflict, "database \(database.name): \(error)")
        }
    }

    private static let lost = PostgresError(
        kind: .connectionLost, message: "The session that held the runner lock was lost before anything was run.")

    /// Gives the lock up, with its session.
    func release() async { await connection.close() }

    private func wait(
        for key: Int64, until deadline: ContinuousClock.Instant, _ isDraining: () -> Bool, _ waiting: (String) -> Void,
        _ attempt: @Sendable (Session) throws(PostgresError) -> Bool
    ) async throws(WireError) {
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
                throw WireError(error, on: database.name)
            }
            let who = Self.describe(holder, key)
            if isFirst { waiting("waiting: \(who)") }
            isFirst = false
            guard .now < deadline else { throw Self.conflict(who, holder) }
            guard !isDraining() else { throw WireError(.draining, "the agent is ending") }
            // Polled outside a transaction: a waiting pg_advisory_lock would block CREATE INDEX CONCURRENTLY.
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private static func describe(_ holder: Locks.Holder?, _ key: Int64) -> String {
        let what =
            key == Locks.runner ? "another run holds this database" : "a backend of an earlier run is still at work"
        guard let holder else { return what }
        let name = holder.applicationName.map { " (\($0))" } ?? ""
        let since = holder.backendStart.map { " since \($0)" } ?? ""
        return "\(what): backend \(holder.pid)\(name)\(since)"
    }

    private static func conflict(_ who: String, _ holder: Locks.Holder?) -> WireError {
        var members: [JSON.Object.Member] = []
        if let holder {
            members.append(.init("pid", .integer(Int64(holder.pid))))
            // Our own sessions carry the job's id as the last word of their name.
            let words = (holder.applicationName ?? "").split(separator: " ")
            if words.first == "schemad", words.count == 3 { members.append(.init("job", .string(String(words[2])))) }
        }
        return WireError(.conflict, "\(who); nothing was run", details: .object(JSON.Object(members)))
    }
}
