import Alembic
import Postgres
import Schema

/// One database in the shadow, dropped after use.
struct ShadowDatabase: Sendable {
    /// The key of the advisory lock by which the runner's sessions are recognized.
    let nonce = Int64.random(in: 1 ... .max)
    let address: DatabaseAddress
    private let reader: Connection

    init(_ address: DatabaseAddress) {
        self.address = address
        reader = Connection(
            address, SessionOptions(applicationName: "schemad shadow", searchPath: "pg_catalog"))
    }

    func close() async { await reader.close() }

    /// Whether the session that env.py opened is in this database: its advisory lock must appear in `pg_locks` here.
    func proves(_ report: ConnectionReport) async throws -> Bool {
        guard let pid = report.backendPid else { return false }
        return try await reader.withSession { session throws(PostgresError) in
            try Locks.sees(fence: nonce, pid: pid, session)
        }
    }

    func catalog(_ options: CatalogReader.Options) async throws(PostgresError) -> Catalog {
        try await reader.withSession { session throws(PostgresError) in try CatalogReader.read(session, options) }
    }

    /// PostgreSQL's wording of each expression that this schema accepts.
    func normalize(_ texts: [ExpressionText]) async throws(PostgresError) -> [ExpressionText: String] {
        try await reader.withSession { session throws(PostgresError) in
            try ExpressionReader.readBack(texts, session)
        }
    }

    /// The rows of the version table, and the catalog.
    func state(
        versionTable: TableName, _ options: CatalogReader.Options
    ) async throws(PostgresError) -> (rows: [String], catalog: Catalog) {
        try await reader.withSession { session throws(PostgresError) in
            let table = try VersionTableReader.read(session, schema: versionTable.schema, name: versionTable.name)
            return (table.rows.compactMap(\.self), try CatalogReader.read(session, options))
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
