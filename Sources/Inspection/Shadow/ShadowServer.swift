import Postgres
import Schema

/// The PostgreSQL for replays. An embedded server is started when it is first needed, removed after its last user, and
/// ends with this process at the latest.
package actor ShadowServer {
    private let settings: ShadowSettings
    private var cluster: EmbeddedCluster?
    private var users = 0

    package init(_ settings: ShadowSettings) { self.settings = settings }

    /// Keeps an embedded server while the body runs, and removes it with the last user.
    func held<T: Sendable>(_ body: @Sendable () async throws -> T) async throws -> T {
        users += 1
        let result: Result<T, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        users -= 1
        if users == 0 { await remove() }
        return try result.get()
    }

    /// Runs the body with a fresh database, which is always dropped afterwards.
    ///
    /// - Parameters:
    ///   - serverVersion: `server_version_num` of the live server: the same major version is preferred.
    ///   - roles: names to which the history may grant privileges.
    /// - Throws: ``InspectionError`` when no database can be created, and what the body throws.
    func withDatabase<T: Sendable>(
        standingFor serverVersion: Int, roles: [String], _ body: @Sendable (ShadowDatabase) async throws -> T
    ) async throws -> T {
        let administration = try await administration(majorVersion: serverVersion / 10_000)
        let name = "schemad_shadow_\(UInt64.random(in: 0 ... .max))"
        do {
            if cluster != nil { try await Self.create(roles: roles, administration) }
            try await Self.run("CREATE DATABASE \(name) TEMPLATE template0", administration)
        } catch {
            throw InspectionError(.shadowFailed, "no database can be created in the shadow: \(error)")
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

    private func administration(majorVersion: Int) async throws(InspectionError) -> Connection {
        let url: String
        switch settings.server {
        case .none: throw InspectionError(.shadowOff, "the settings switch the shadow off")
        case .url(let given): url = given
        case .embedded: url = try await embedded(majorVersion: majorVersion)
        }
        do {
            return Connection(try DatabaseAddress(url), SessionOptions(applicationName: "schemad shadow"))
        } catch {
            throw InspectionError(.shadowFailed, "shadow.url: \(error)")
        }
    }

    private func embedded(majorVersion: Int) async throws(InspectionError) -> String {
        let cluster =
            cluster
            ?? EmbeddedCluster(
                EmbeddedCluster.Settings(
                    // Unique, so that a leftover of another process is never taken for this server.
                    clusterName: "schemad shadow \(UInt64.random(in: 0 ... .max))",
                    // One transaction creates all tables of the models and holds several locks for each.
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
            throw InspectionError(
                isInstalled ? .shadowFailed : .shadowNotInstalled, "no shadow can be started: \(error)")
        }
        return await cluster.url()
    }

    /// Creates the missing roles, without privileges.
    private static func create(roles: [String], _ administration: Connection) async throws(PostgresError) {
        for role in roles {
            let literal = SQLLiteral.quoted(role)
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
