import Alembic
import Postgres
import Schema

/// The PostgreSQL for everything of a project that must not touch the live database. An embedded server is started when
/// it is first needed, removed some seconds after its last user, and ends with this process at the latest.
package actor ShadowServer {
    private nonisolated let settings: ShadowSettings
    private var cluster: EmbeddedCluster?
    private var users = 0
    /// Databases in use, and their names.
    private var databases = 0
    private var names: Set<String> = []
    /// Removes the embedded server when nobody has used it for ``idleTime``.
    private var removal: Task<Void, Never>?
    private static let idleTime = Duration.seconds(5)

    package init(_ settings: ShadowSettings) { self.settings = settings }

    /// How long one replay, or the creation of the models, may take.
    nonisolated var replayDeadline: TimeLimit {
        TimeLimit(settings.replayDeadline, setting: "replay_deadline of [shadow]")
    }

    /// Whether the server is made for the replay, so that roles can be created in it.
    nonisolated var isEmbedded: Bool { settings.server == .embedded }

    /// Keeps an embedded server while the body runs. Without users it is removed a few seconds later: the next one often
    /// comes at once.
    func held<T: Sendable>(_ body: @Sendable () async throws -> T) async throws -> T {
        users += 1
        removal?.cancel()
        let result: Result<T, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        users -= 1
        if users == 0, cluster != nil {
            removal = Task { [idleTime = Self.idleTime] in
                // A timer: the next user cancels it.
                guard (try? await Task.sleep(for: idleTime)) != nil else { return }
                await self.removeIfUnused()
            }
        }
        return try result.get()
    }

    /// Runs the body with a fresh database, which is always dropped afterwards.
    ///
    /// - Throws: ``InspectionError`` when no database can be created, and what the body throws.
    func withDatabase<T: Sendable>(
        _ setup: ShadowSetup, _ body: @Sendable (ShadowDatabase) async throws -> T
    ) async throws -> T {
        try await held { try await self.withHeldDatabase(setup, body) }
    }

    private func withHeldDatabase<T: Sendable>(
        _ setup: ShadowSetup, _ body: @Sendable (ShadowDatabase) async throws -> T
    ) async throws -> T {
        let administration = try await administration(majorVersion: setup.serverVersion / 10_000)
        let isEmbedded = cluster != nil
        // Those of every new server exist already.
        let isFree = !(isEmbedded && ["postgres", "template0", "template1"].contains(setup.database))
        let name = (isFree ? setup.database : nil) ?? "schemad_shadow_\(UInt64.random(in: 0 ... .max))"
        while !names.insert(name).inserted {
            // Another replay, whose end is not announced, uses this name.
            try await Task.sleep(for: .milliseconds(50))
        }
        defer { names.remove(name) }
        databases += 1
        var isCreated = false
        let database: ShadowDatabase
        do {
            if let cluster {
                for role in setup.droppedRoles {
                    try await Self.run("DROP ROLE IF EXISTS \(SQLIdentifier.quoted(role))", administration)
                }
                try await Self.create(
                    roles: setup.roles + [setup.session?.user], password: cluster.password, administration)
            }
            try await Self.run("CREATE DATABASE \(SQLIdentifier.quoted(name)) TEMPLATE template0", administration)
            isCreated = true
            database = ShadowDatabase(
                administration.address.with(database: name), user: isEmbedded ? setup.session?.user : nil)
            try await database.apply(setup, hasRoles: isEmbedded)
        } catch {
            await drop(isCreated ? name : nil, administration)
            var failure = InspectionError(.shadowFailed, "no database can be created in the shadow: \(error)")
            failure.sqlstate = error.sqlstate
            throw failure
        }
        let result: Result<T, any Error>
        do { result = .success(try await database.prepared(settings.baseline, body)) } catch {
            result = .failure(error)
        }
        await database.close()
        await drop(name, administration)
        return try result.get()
    }

    /// Drops a database and, in an embedded server, the roles, which a history may create as well.
    ///
    /// - Parameter name: of a database that was created here; nil when none was.
    private func drop(_ name: String?, _ administration: Connection) async {
        if let name {
            let statement = "DROP DATABASE IF EXISTS \(SQLIdentifier.quoted(name)) WITH (FORCE)"
            _ = try? await Self.run(statement, administration)
        }
        databases -= 1
        if databases == 0, cluster != nil { _ = try? await Self.run(Self.dropRoles, administration) }
        await administration.close()
    }

    private static let dropRoles = """
        DO $roles$ DECLARE role name; BEGIN
        FOR role IN SELECT rolname FROM pg_catalog.pg_roles WHERE oid >= 16384 LOOP
            BEGIN EXECUTE pg_catalog.format('DROP ROLE %I', role); EXCEPTION WHEN OTHERS THEN NULL; END;
        END LOOP; END $roles$
        """

    private func removeIfUnused() async {
        if users == 0 { await remove() }
    }

    private func remove() async {
        let last = cluster
        cluster = nil
        await last?.remove()
    }

    /// Whether the settings switch the shadow off.
    nonisolated var isOff: Bool {
        if case .none = settings.server { true } else { false }
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
                    // Many projects build their URL from host and port.
                    listensOnTCP: true,
                    // One transaction creates all tables of the models and holds several locks for each.
                    parameters: [
                        "max_connections": "20", "max_worker_processes": "0", "max_locks_per_transaction": "8192",
                        // The pages of many empty tables; only those in use take memory.
                        "shared_buffers": "64MB",
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
        return await cluster.clientURL()
    }

    /// Throws when env.py failed at its start in a shadow that it could reach only by a socket: many projects build
    /// their URL from host and port, and such a failure says nothing about the project.
    func explain(_ failure: AlembicError) async throws(InspectionError) {
        guard [.cannotConnect, .environmentFailed].contains(failure.code), failure.revision == nil,
            let problem = await cluster?.tcpProblem
        else { return }
        throw InspectionError(
            .shadowNotListening,
            "the shadow could not listen on a port of 127.0.0.1, and env.py failed with the address of its socket"
                + "\n127.0.0.1: \(problem)\nenv.py: \(failure)")
    }

    /// Creates the missing roles, each with every privilege: what a role may do on the live server is not judged here.
    private static func create(
        roles: [String?], password: String, _ administration: Connection
    ) async throws(PostgresError) {
        for role in roles.compactMap(\.self) {
            let (name, password) = (SQLLiteral.quoted(role), SQLLiteral.quoted(password))
            try await run(
                """
                DO $role$ BEGIN
                EXECUTE format('CREATE ROLE %I SUPERUSER LOGIN PASSWORD %L', \(name)::text, \(password)::text);
                EXCEPTION WHEN duplicate_object OR reserved_name THEN NULL; END $role$
                """, administration)
        }
    }

    @discardableResult
    private static func run(_ statement: String, _ connection: Connection) async throws(PostgresError) -> Rows {
        try await connection.withSession { session throws(PostgresError) in try session.query(statement) }
    }
}
