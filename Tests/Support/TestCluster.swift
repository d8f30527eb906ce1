public import Postgres

/// PostgreSQL for tests: one server per test process, a new database per test. The server stops and its folder is removed
/// when the process ends, even if it crashes.
public enum TestCluster {
    private static let start = Task {
        let cluster = EmbeddedCluster(
            .init(clusterName: "tests", parameters: ["max_connections": "200"], keepsTemplate: true))
        try await cluster.start()
        return cluster
    }

    /// Several connections, so that tests create their databases concurrently.
    private static let administrators = Task {
        let cluster = try await shared()
        let address = try DatabaseAddress(await cluster.url())
        return (1...4).map { _ in Connection(address, SessionOptions(applicationName: "tests")) }
    }

    private static func administrator() async throws -> Connection {
        let all = try await administrators.value
        return all[Int.random(in: all.indices)]
    }

    /// The server that all tests share. Do not stop it or change its existing roles and settings; see `own`.
    public static func shared() async throws -> EmbeddedCluster {
        try await start.value
    }

    /// Runs the body with a separate server, which it may stop, break and reconfigure; it is removed afterwards.
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

    /// Creates an empty database with a unique name. Drop it with `drop`; `withDatabase` does both.
    public static func database() async throws -> (url: String, name: String) {
        let name = "test_" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try await administrator().withSession { session throws(PostgresError) in
            // By default version 15 writes every page of a new database to the WAL, which takes three times as long.
            let strategy = session.serverVersion >= 150_000 ? "STRATEGY file_copy" : ""
            try session.query("CREATE DATABASE \(name) \(strategy)")
        }
        return (await (try shared()).url(database: name), name)
    }

    /// Drops a database and terminates its sessions.
    public static func drop(_ name: String) async throws {
        try await administer("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    }

    /// Runs the body with the address of a new database and drops it afterwards.
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

    /// Runs statements one after another in the database of the address, and returns the result of the last one.
    @discardableResult
    public static func execute(_ url: String, _ statements: String...) async throws -> Rows {
        try await Connection.temporary(try DatabaseAddress(url), SessionOptions(applicationName: "tests")) {
            session throws(PostgresError) in
            var rows = Rows()
            for statement in statements { rows = try session.query(statement) }
            return rows
        }
    }
}

extension EmbeddedCluster {
    public func restart() async throws(PostgresError) {
        try stop()
        try await start()
    }

    /// An address on 127.0.0.1, for a role that has a password.
    public func urlOverTCP(database: String, user: String, password: String) throws(PostgresError) -> String {
        try DatabaseAddress("host=127.0.0.1 port=\(port)").with(database: database)
            .with(user: user, password: password).url()
    }
}

extension DatabaseAddress {
    /// The same database, another login; nil means no password.
    public func with(user: String, password: String?) throws(PostgresError) -> DatabaseAddress {
        var parameters = parameters
        parameters["dbname"] = database
        parameters["user"] = user
        parameters["password"] = password
        let words = parameters.map { name, value in
            let escaped = value.map { "\\'".contains($0) ? "\\\($0)" : String($0) }.joined()
            return "\(name)='\(escaped)'"
        }
        return try DatabaseAddress(words.joined(separator: " "))
    }
}

extension ServerPrograms {
    /// The `pg_dump` of the server under test; it refuses servers that are newer than itself.
    public static func dumpProgram() async -> String {
        await installed().map { "\($0.folder)/pg_dump" } ?? "pg_dump"
    }
}
