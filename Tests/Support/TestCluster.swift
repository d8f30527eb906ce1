public import Postgres

/// PostgreSQL for tests: one server for the whole test process, a fresh database for each test. The server ends and its
/// folder vanishes with the process, even when that crashes.
public enum TestCluster {
    private static let start = Task {
        let cluster = EmbeddedCluster(
            .init(clusterName: "tests", parameters: ["max_connections": "200"], keepsTemplate: true))
        try await cluster.start()
        return cluster
    }

    /// Several, so that one test does not wait until all others have their databases.
    private static let administrators = Task {
        let cluster = try await shared()
        let address = try DatabaseAddress(await cluster.url())
        return (1...4).map { _ in Connection(address, SessionOptions(applicationName: "tests")) }
    }

    private static func administrator() async throws -> Connection {
        let all = try await administrators.value
        return all[Int.random(in: all.indices)]
    }

    /// The server that all tests share. Do not stop it, and leave its roles and settings as they are; see `own`.
    public static func shared() async throws -> EmbeddedCluster {
        try await start.value
    }

    /// A server of one's own, to stop, break and reconfigure; removed when the body ends.
    public static func own<T: Sendable>(
        _ settings: EmbeddedCluster.Settings = .init(), isolation: isolated (any Actor)? = #isolation,
        _ body: (EmbeddedCluster) async throws -> T
    ) async throws -> T {
        var settings = settings
        settings.template = try await shared().templateFolder
        let cluster = EmbeddedCluster(settings)
        do {
            try await cluster.start()
            let value = try await body(cluster)
            await cluster.remove()
            return value
        } catch {
            await cluster.remove()
            throw error
        }
    }

    /// Creates an empty database of a name that nobody else uses. Drop it with `drop`; `withDatabase` does.
    public static func database() async throws -> (url: String, name: String) {
        let name = "test_" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try await administrator().withSession { session throws(PostgresError) in
            // Version 15 logs every page of a new database unless told otherwise, which takes three times as long.
            let strategy = session.serverVersion >= 150_000 ? "STRATEGY file_copy" : ""
            try session.query("CREATE DATABASE \(name) \(strategy)")
        }
        return (await (try shared()).url(database: name), name)
    }

    /// Drops a database and cuts off whoever still uses it.
    public static func drop(_ name: String) async throws {
        try await administer("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    }

    /// Runs the body with the address of a fresh database and drops it afterwards.
    public static func withDatabase<T: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: (_ url: String) async throws -> T
    ) async throws -> T {
        let (url, name) = try await database()
        do {
            let value = try await body(url)
            try await drop(name)
            return value
        } catch {
            try? await drop(name)
            throw error
        }
    }

    /// Runs one statement as superuser in the database `postgres`.
    @discardableResult
    public static func administer(_ statement: String) async throws -> Rows {
        try await administrator().withSession { session throws(PostgresError) in try session.query(statement) }
    }

    /// Runs statements as they come, one after another, in the database of the address.
    @discardableResult
    public static func execute(_ url: String, _ statements: String...) async throws -> Rows {
        let connection = Connection(try DatabaseAddress(url), SessionOptions(applicationName: "tests"))
        let rows = try await connection.withSession { session throws(PostgresError) in
            var rows = Rows(columns: [], values: [], affected: 0)
            for statement in statements { rows = try session.query(statement) }
            return rows
        }
        await connection.close()
        return rows
    }
}
