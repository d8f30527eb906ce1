import Diagnosis
import Postgres
import Schema
import Tokens
import Wire

/// What a database showed in one read. Nothing in it is the project's opinion.
struct DatabaseReading: Sendable {
    var server: ServerFacts
    var versionTable: VersionTableFacts
    var applicationTables: [TableName]
    var catalog: Catalog
    /// Whether the catalog has its definition texts.
    var hasDefinitions = true
    /// Names the schema: another one means that DDL was committed.
    var fingerprint: String?
    /// Why the definitions were not read; nil when they were.
    var gap: SchemaMoment.Gap?
    /// Who asked, and the role's own statement_timeout in milliseconds.
    var role = ""
    var statementTimeoutMs: Int64 = 0
    /// Transactions of others that have been open for long.
    var transactions: [OpenTransaction] = []

    /// Reads everything on one session.
    ///
    /// - Parameters:
    ///   - schema: of the version table; `nil` finds it as a fresh session of the role would.
    ///   - options: what of the catalog is wanted.
    ///   - previous: the catalog as it was read last; nothing is read again while it holds.
    ///   - longTransaction: from when on somebody's transaction is told.
    ///   - keep: gets the catalog for the next time.
    static func read(
        _ session: Session, schema: String?, table name: String, options: CatalogReader.Options,
        previous: CatalogReader.Reading?, longTransaction: Duration, keep: (CatalogReader.Reading) -> Void
    ) throws(PostgresError) -> DatabaseReading {
        let identity = try ServerIdentity.read(session)
        let moment = try SchemaMoment.read(
            session, schema: schema, table: name, options: options, previous: previous)
        let (table, live) = (moment.versionTable, moment.catalog)
        if live.options.definitions { keep(live) }
        return DatabaseReading(
            server: ServerFacts(
                version: identity.version, inRecovery: identity.inRecovery, readOnly: identity.readOnlyByDefault,
                pooled: identity.isPooled),
            versionTable: VersionTableFacts(table),
            applicationTables: live.catalog.applicationTables(
                besides: TableName(schema: table.schema, name: table.name)),
            catalog: live.catalog, hasDefinitions: live.options.definitions,
            fingerprint: SHA256.hash(Array(live.fingerprint.text.utf8)).prefix(8).hexadecimal, gap: moment.gap,
            role: identity.role, statementTimeoutMs: identity.statementTimeoutMs,
            transactions: try OpenTransaction.read(session, atLeast: longTransaction.components.seconds))
    }
}

extension VersionTableFacts {
    init(_ table: VersionTable) {
        let presence: Presence =
            switch table.state {
            case .table: .table(rows: table.rows)
            case .missing: .missing
            case .notATable(let kind): .other(kind: kind)
            case .columnMissing: .other(kind: "table without the column version_num")
            case .denied(let message): .denied(message: message)
            }
        self.init(schema: table.schema, name: table.name, presence: presence, columnWidth: table.columnWidth)
    }

    /// The rows; `nil` unless they were read.
    var rows: [String?]? {
        if case .table(let rows) = presence { rows } else { nil }
    }
}

extension Reachability {
    init(_ error: PostgresError) {
        self =
            switch error.kind {
            case .authentication: .authenticationFailed(message: error.message)
            case .permissionDenied: .denied(message: error.message)
            case .unknownDatabase: .databaseMissing(message: error.message)
            case .lockTimeout: .locked(message: error.message)
            case .canceled, .server, .changedMeanwhile: .failed(message: error.description)
            case .configuration, .unreachable, .connectionLost: .unreachable(message: error.description)
            }
    }
}

extension WireError {
    /// A failure of a statement or a connection, for a request that cannot go on without it.
    init(_ error: PostgresError, on database: String) {
        let code: ErrorCode =
            switch error.kind {
            case .unreachable, .connectionLost, .unknownDatabase: .databaseUnavailable
            case .authentication, .permissionDenied: .permissionDenied
            case .configuration, .changedMeanwhile: .precondition
            case .lockTimeout: .conflict
            case .canceled: .deadlineExceeded
            case .server: Self.mayPass(error.sqlstate) ? .databaseUnavailable : .precondition
            }
        self.init(code, "database \(database): \(error)")
        if let sqlstate = error.sqlstate { details = .object(JSON.Object([.init("sqlstate", .string(sqlstate))])) }
    }

    /// Whether the same statement may succeed later: transaction rollback, resources, operator intervention, system and
    /// internal errors (PostgreSQL, appendix A).
    private static func mayPass(_ sqlstate: String?) -> Bool {
        ["40", "53", "57", "58", "XX"].contains(sqlstate?.prefix(2) ?? "XX")
    }
}
