import Postgres
import Schema
import Synchronization

/// Records what each revision of a replay changes.
final class ReplayRecorder: Sendable {
    private let database: ShadowDatabase
    private let versionTable: TableName
    private let options: CatalogReader.Options
    /// Nil when the whole catalog is read after each revision.
    private let changes: IncrementalCatalogReader?
    private let recorded: Mutex<SchemaHistory>
    /// The version table, as the last revision left it.
    private let located = Mutex<VersionTable?>(nil)
    private let widths = Mutex(ColumnWidths())

    /// The catalog before the first revision.
    let base: Catalog

    /// Reads the catalog before the first revision.
    ///
    /// - Parameter readsChanges: whether only what a revision changed is read after it.
    init(
        _ database: ShadowDatabase, versionTable: TableName, options: CatalogReader.Options, readsChanges: Bool
    ) async throws(PostgresError) {
        self.database = database
        self.versionTable = versionTable
        self.options = options
        if readsChanges {
            let reader = IncrementalCatalogReader(options)
            base = try await database.read { session throws(PostgresError) in
                try reader.read(session)
                return reader.catalog
            }
            changes = reader
        } else {
            base = try await database.catalog(options)
            changes = nil
        }
        recorded = Mutex(SchemaHistory(base: base, versionTables: [versionTable]))
    }

    var history: SchemaHistory { recorded.withLock { $0 } }

    /// The widths of `version_num` so far.
    var versionWidths: ColumnWidths { widths.withLock(\.self) }

    /// Called after each revision.
    func add(revision: String) async throws(PostgresError) {
        let (options, changes) = (options, changes)
        let known = located.withLock { $0 }
        let versionTable = known.map { TableName(schema: $0.schema, name: $0.name) } ?? versionTable
        let (table, change, catalog) = try await database.read {
            session throws(PostgresError) -> (VersionTable, CatalogChange?, Catalog?) in
            guard let changes else {
                let table = try Self.versionTable(session, versionTable, nil, revision)
                return (table, nil, try CatalogReader.read(session, options))
            }
            let change = try changes.read(session)
            let isSame = !change.keys.contains(ObjectKey(table: versionTable))
            return (try Self.versionTable(session, versionTable, isSame ? known : nil, revision), change, nil)
        }
        located.withLock { $0 = table }
        let name = TableName(schema: table.schema, name: table.name)
        recorded.withLock { history in
            guard history.steps.isEmpty, !history.versionTables.contains(name) else { return }
            history = SchemaHistory(base: base, versionTables: history.versionTables + [name])
        }
        widths.withLock { $0.add(table.columnWidth, after: revision) }
        let rows = table.rows.compactMap(\.self)
        recorded.withLock { history in
            if let change { history.append(revision: revision, rows: rows, change: change) }
            if let catalog { history.append(revision: revision, rows: rows, catalog: catalog) }
        }
    }

    /// The version table with its rows, looked up only where it is not where it was before. env.py may name another one
    /// here than for the live database: then it is the one that has the revision.
    private static func versionTable(
        _ session: Session, _ name: TableName, _ known: VersionTable?, _ revision: String
    ) throws(PostgresError) -> VersionTable {
        if var known, known.state == .table {
            do {
                known.rows = try VersionTableReader.rows(session, of: known)
                return known
            } catch {
                guard error.kind == .server || error.kind == .permissionDenied else { throw error }
            }
        }
        let table = try VersionTableReader.read(session, schema: name.schema, name: name.name)
        if table.rows.contains(revision) { return table }
        return try VersionTableReader.all(session).first { $0.rows.contains(revision) } ?? table
    }

    func fail(revision: String, message: String) {
        recorded.withLock { $0.fail(revision: revision, message: message) }
    }

    /// Whether the changes add up to the catalog that a full read finds; false also when that is not known.
    func isConfirmed() async -> Bool {
        guard let changes else { return true }
        return (try? await database.read { session throws(PostgresError) in try changes.matchesFullRead(session) })
            ?? false
    }
}
