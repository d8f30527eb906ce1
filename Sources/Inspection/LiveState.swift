package import Diagnosis
import Digests
package import Postgres
package import Schema

/// What one read of a database returned. It holds facts only; a diagnosis evaluates them.
package struct LiveState: Sendable {
    package var server: ServerFacts
    package var versionTable: VersionTableFacts
    package var applicationTables: [TableName]
    package var catalog: Catalog
    /// Whether the catalog has the texts of its definitions.
    package var hasDefinitions = true
    /// Identifies the schema: it changes when DDL is committed.
    package var fingerprint: String?
    /// Why the definitions were not read; nil when they were.
    package var gap: ConsistentRead.Gap?
    /// The role of the session.
    package var role = ""
    /// The role's own `statement_timeout`, in milliseconds; zero is none.
    package var statementTimeoutMs: Int64 = 0
    /// Tables of the form of a version table, besides the one that env.py names; those that cannot be read now are left out.
    package var otherVersionTables: [VersionTable] = []
    /// Transactions of other sessions that have been open for a long time.
    package var transactions: [OpenTransaction] = []
    /// Sessions of other programs that have changed something, or are changing it, and have not committed.
    package var changingSessions: [ChangingSession] = []

    package init(
        server: ServerFacts, versionTable: VersionTableFacts, applicationTables: [TableName], catalog: Catalog
    ) {
        self.server = server
        self.versionTable = versionTable
        self.applicationTables = applicationTables
        self.catalog = catalog
    }

    /// Reads everything on one session.
    ///
    /// - Parameters:
    ///   - schema: of the version table; nil finds it as a new session of the role would.
    ///   - options: which parts of the catalog are read.
    ///   - previous: the catalog read last; it is not read again while its fingerprint is unchanged.
    ///   - longTransaction: transactions of other sessions that have been open for this long are included.
    ///   - keep: receives the catalog for the next call.
    static func read(
        _ session: Session, schema: String?, table name: String, options: CatalogReader.Options,
        previous: CatalogReader.Reading?, longTransaction: Duration, keep: (CatalogReader.Reading) -> Void
    ) throws(PostgresError) -> LiveState {
        let identity = try ServerIdentity.read(session)
        let read = try ConsistentRead.read(session, schema: schema, table: name, options: options, previous: previous)
        let (table, live) = (read.versionTable, read.catalog)
        if live.options.definitions { keep(live) }
        var state = LiveState(
            server: ServerFacts(
                version: identity.version, inRecovery: identity.inRecovery, readOnly: identity.readOnlyByDefault,
                pooled: identity.isPooled),
            versionTable: VersionTableFacts(table),
            applicationTables: live.catalog.applicationTables(
                besides: TableName(schema: table.schema, name: table.name)),
            catalog: live.catalog)
        state.hasDefinitions = live.options.definitions
        state.fingerprint = SHA256.hash(Array(live.fingerprint.text.utf8)).prefix(8).hexadecimal
        state.gap = read.gap
        state.role = identity.role
        state.statementTimeoutMs = identity.statementTimeoutMs
        state.otherVersionTables = try otherVersionTables(session, live.catalog, besides: state.versionTableName)
        state.changingSessions = try ChangingSession.read(session, versionTable: state.versionTableName)
        state.transactions = try OpenTransaction.read(session, atLeast: longTransaction.components.seconds)
        return state
    }

    /// More tables of that form are of no use.
    private static let mostVersionTables = 20

    private static func otherVersionTables(
        _ session: Session, _ catalog: Catalog, besides name: TableName
    ) throws(PostgresError) -> [VersionTable] {
        var tables: [VersionTable] = []
        let found = catalog.tables.filter { $0.isShapedAsVersionTable && $0.qualifiedName != name }
        for table in found.prefix(mostVersionTables) {
            do throws(PostgresError) {
                let read = try VersionTableReader.read(session, schema: table.schema, name: table.name)
                if read.state == .table { tables.append(read) }
            } catch {
                guard error.kind == .lockTimeout else { throw error }
            }
        }
        return tables
    }

    /// The qualified name of the version table.
    package var versionTableName: TableName { TableName(schema: versionTable.schema, name: versionTable.name) }
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
