import Postgres
import Support

/// A database of one test.
struct TestDatabase: Sendable {
    let url: String

    @discardableResult
    func execute(_ statement: String) async throws -> [[String?]] {
        try await TestCluster.execute(url, statement).values
    }

    /// The first value of the first row.
    func value(_ statement: String) async throws -> String? { try await execute(statement).first?.first ?? nil }

    /// The first column of all rows.
    func column(_ statement: String) async throws -> [String?] { try await execute(statement).map { $0[0] } }

    /// The version table's rows, sorted.
    func versions() async throws -> [String?] {
        try await column("SELECT version_num FROM alembic_version ORDER BY 1")
    }

    /// Runs the body with a fresh database, empty or a copy of another one.
    static func with<T: Sendable>(
        copyOf template: String? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (TestDatabase) async throws -> T
    ) async throws -> T {
        guard let template else { return try await TestCluster.withDatabase { try await body(TestDatabase(url: $0)) } }
        let name = "copy_" + String(UInt64.random(in: 0 ... .max), radix: 36)
        let cluster = try await TestCluster.shared()
        try await TestCluster.administer("CREATE DATABASE \(name) TEMPLATE \(template)")
        do {
            let value = try await body(TestDatabase(url: await cluster.url(database: name)))
            try await TestCluster.drop(name)
            return value
        } catch {
            try? await TestCluster.drop(name)
            throw error
        }
    }
}

/// A point at which a migration waits until the test lets it continue.
struct Barrier: Sendable {
    private static let key = 4711
    /// The line of a revision that waits.
    static let python = "op.execute(\"SELECT pg_advisory_xact_lock(\(key))\")"
    /// The setting that allows a long wait for the barrier's lock.
    static let setting = "lock_timeout = \"10m\""

    private let database: TestDatabase
    private let holder: Connection

    /// Closes the barrier, runs the body, and always opens the barrier again.
    static func with<T: Sendable>(
        _ database: TestDatabase, isolation: isolated (any Actor)? = #isolation,
        _ body: (Barrier) async throws -> T
    ) async throws -> T {
        let holder = Connection(try DatabaseAddress(database.url), SessionOptions(applicationName: "barrier"))
        _ = try await holder.withSession { session throws(PostgresError) in
            try session.query("SELECT pg_advisory_lock(\(key))")
        }
        do {
            let value = try await body(Barrier(database: database, holder: holder))
            await holder.close()
            return value
        } catch {
            await holder.close()
            throw error
        }
    }

    /// Lets waiting migrations continue.
    func open() async { await holder.close() }

    /// The backend that waits at the barrier.
    func waiter() async throws -> String? {
        try await database.value(
            """
            SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = \(Self.key) AND classid = 0
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """)
    }

    /// Waits until a migration has reached the barrier.
    ///
    /// - Returns: its backend's process id.
    @discardableResult
    func reached() async throws -> String {
        var pid: String?
        try await eventually("a migration has reached the barrier", deadline: .seconds(60)) {
            pid = try await waiter()
            return pid != nil
        }
        return pid ?? ""
    }
}
