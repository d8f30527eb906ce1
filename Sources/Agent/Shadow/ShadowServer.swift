import Postgres

/// Why there is no shadow; may be shown.
struct ShadowError: Error, CustomStringConvertible {
    enum Kind: Sendable {
        /// Nobody wants one.
        case off
        /// PostgreSQL's server programs are not installed here.
        case notInstalled
        case failed
    }

    var description: String
    var kind: Kind

    init(_ description: String, _ kind: Kind = .failed) {
        self.description = description
        self.kind = kind
    }
}

/// A PostgreSQL where nothing matters. An embedded one is made when it is first needed, runs until it is removed, and
/// goes with this process at the latest.
actor ShadowServer {
    private let settings: ShadowSettings
    private var cluster: EmbeddedCluster?
    private var users = 0

    init(_ settings: ShadowSettings) { self.settings = settings }

    /// Keeps an embedded server while the body runs, and removes it with the last user.
    func held<T: Sendable>(_ body: @Sendable () async throws -> T) async throws -> T {
        users += 1
        let result: Result<T, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        users -= 1
        if users == 0 { await remove() }
        return try result.get()
    }

    /// Runs the body with a fresh database, and drops it whatever happens.
    ///
    /// - Parameters:
    ///   - serverVersion: `server_version_num` of the server that it stands for: the same major version is preferred.
    ///   - roles: names that the history may grant rights to.
    /// - Throws: ``ShadowError`` when no database can be made, and what the body throws.
    func withDatabase<T: Sendable>(
        standingFor serverVersion: Int, roles: [String], _ body: @Sendable (ShadowDatabase) async throws -> T
    ) async throws -> T {
        let administration = try await administration(majorVersion: serverVersion / 10_000)
        let name = "schemad_shadow_\(UInt64.random(in: 0 ... .max))"
        do {
            if cluster != nil { try await Self.create(roles: roles, administration) }
            try await Self.run("CREATE DATABASE \(name) TEMPLATE template0", administration)
        } catch {
            throw ShadowError("no database can be made in the shadow: \(error)")
        }
        let database = ShadowDatabase(administration.address.with(database: name))
        let result: Result<T, any Error>
        do { result = .success(try await database.prepared(settings.baseline, body)) } catch {
            result = .failure(error)
        }
        await database.close()
        _ = try? await Self.run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)", administration)
        await administration.close()
        return try result.get()
    }

    private func remove() async {
        let last = cluster
        cluster = nil
        await last?.remove()
    }

    private func administration(majorVersion: Int) async throws(ShadowError) -> Connection {
        let url: String
        switch settings.server {
        case .none: throw ShadowError("the settings switch the shadow off", .off)
        case .url(let given): url = given
        case .embedded: url = try await embedded(majorVersion: majorVersion)
        }
        do {
            return Connection(try DatabaseAddress(url), SessionOptions(applicationName: "schemad shadow"))
        } catch {
            throw ShadowError("shadow.url: \(error)")
        }
    }

    private func embedded(majorVersion: Int) async throws(ShadowError) -> String {
        let cluster =
            cluster
            ?? EmbeddedCluster(
                EmbeddedCluster.Settings(
                    // Nobody else's server has this name.
                    clusterName: "schemad shadow \(UInt64.random(in: 0 ... .max))",
                    // One transaction makes all tables of the models, and holds several locks for each.
                    parameters: [
                        "max_connections": "20", "max_worker_processes": "0", "max_locks_per_transaction": "8192",
                    ],
                    majorVersion: majorVersion))
        self.cluster = cluster
        do {
            try await cluster.start()
        } catch {
            await remove()
            let isInstalled = await ServerPrograms.installed() != nil
            throw ShadowError("no shadow can be started: \(error)", isInstalled ? .failed : .notInstalled)
        }
        return await cluster.url()
    }

    /// Makes the roles that are missing, without rights of their own.
    private static func create(roles: [String], _ administration: Connection) async throws(PostgresError) {
        for role in roles {
            let literal = "'" + role.replacing("'", with: "''") + "'"
            try await run(
                """
                DO $role$ BEGIN EXECUTE format('CREATE ROLE %I NOLOGIN', \(literal)::text);
                EXCEPTION WHEN duplicate_object OR reserved_name THEN NULL; END $role$
                """, administration)
        }
    }

    @discardableResult
    private static func run(_ statement: String, _ connection: Connection) async throws(PostgresError) -> Rows {
        try await connection.withSession { session throws(PostgresError) in try session.query(statement) }
    }
}
