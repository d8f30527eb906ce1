import Alembic
import Postgres
import Schema

/// One database in the shadow, dropped after use.
struct ShadowDatabase: Sendable {
    /// The key of the advisory lock by which the runner's sessions are recognized.
    let nonce = Int64.random(in: 1 ... .max)
    /// For the project's Python.
    let address: DatabaseAddress
    private let reader: Connection

    /// - Parameter user: the login of the project's sessions; nil is that of the address.
    init(_ address: DatabaseAddress, user: String?) {
        self.address = user.map(address.with(user:)) ?? address
        reader = Connection(
            address, SessionOptions(applicationName: "schemad shadow", searchPath: "pg_catalog", keepsPlans: true))
    }

    func apply(_ setup: ShadowSetup, hasRoles: Bool) async throws(PostgresError) {
        let name = address.database ?? ""
        try await reader.withSession { session throws(PostgresError) in
            try setup.apply(to: name, hasRoles: hasRoles, session)
        }
        // The next session has the parameters of the database.
        await reader.close()
    }

    func close() async { await reader.close() }

    /// Whether the session that env.py opened is in this database: its advisory lock must appear in `pg_locks` here.
    func proves(_ report: ConnectionReport) async throws -> Bool {
        guard let pid = report.backendPid else { return false }
        return try await reader.withSession { session throws(PostgresError) in
            try Locks.sees(fence: nonce, pid: pid, session)
        }
    }

    /// Runs statements on the agent's own session.
    func read<T: Sendable>(
        _ body: @Sendable (Session) throws(PostgresError) -> T
    ) async throws(PostgresError) -> T {
        try await reader.withSession(body)
    }

    /// Runs statements as the project's login, each in a transaction of its own.
    func run(_ statements: [String], searchPath: String) async throws(PostgresError) {
        let connection = Connection(
            address, SessionOptions(applicationName: "schemad shadow", searchPath: SQLIdentifier.quoted(searchPath)))
        do throws(PostgresError) {
            try await connection.withSession { session throws(PostgresError) in
                for statement in statements { try session.query(statement) }
            }
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    func catalog(_ options: CatalogReader.Options) async throws(PostgresError) -> Catalog {
        try await read { session throws(PostgresError) in try CatalogReader.read(session, options) }
    }

    /// PostgreSQL's wording of each expression that this schema accepts.
    func normalize(_ texts: [ExpressionText]) async throws(PostgresError) -> [ExpressionText: String] {
        try await reader.withSession { session throws(PostgresError) in
            try ExpressionReader.readBack(texts, session)
        }
    }

    /// Drops all tables and views with what depends on them, except those of `base`. Functions, types and other objects
    /// stay.
    func dropTables(except base: Catalog) async throws(PostgresError) {
        let kept = Set(base.tables.map(\.qualifiedName))
        try await reader.withSession { session throws(PostgresError) in
            let tables = try CatalogReader.read(session, CatalogReader.Options(definitions: false)).tables
            let dropped = tables.filter { !kept.contains($0.qualifiedName) }
            let keywords: [(Table.Kind, String)] = [
                (.view, "VIEW"), (.materializedView, "MATERIALIZED VIEW"), (.foreign, "FOREIGN TABLE"),
                (.partitioned, "TABLE"), (.table, "TABLE"),
            ]
            for (kind, keyword) in keywords {
                let names = dropped.filter { $0.kind == kind }.map { $0.qualifiedName.sql() }
                // Each transaction holds a lock for every table that it drops.
                for start in stride(from: 0, to: names.count, by: 100) {
                    let part = names[start..<min(start + 100, names.count)].joined(separator: ", ")
                    try session.query("DROP \(keyword) IF EXISTS \(part) CASCADE")
                }
            }
        }
    }

    /// Loads the baseline, then runs the body.
    ///
    /// - Throws: ``InspectionError`` when the baseline cannot be loaded.
    func prepared<T: Sendable>(
        _ baseline: String?, _ body: @Sendable (ShadowDatabase) async throws -> T
    ) async throws -> T {
        if let baseline {
            do {
                try await SQLFile.load(baseline, into: address)
            } catch {
                throw InspectionError(.shadowFailed, "shadow.baseline \(baseline) cannot be loaded: \(error)")
            }
        }
        return try await body(self)
    }
}
