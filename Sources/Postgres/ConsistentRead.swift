/// The version table and the catalog, both as of the same moment.
///
/// Two separate reads can each be correct and still contradict each other: a migration that commits between them leaves
/// old rows with a new catalog, which looks like drift.
public struct ConsistentRead: Sendable {
    public var versionTable: VersionTable
    public var catalog: CatalogReader.Reading
    /// Why the catalog has no definitions; nil when it has them.
    public var gap: Gap?

    /// What prevented reading the definitions.
    public enum Gap: Hashable, Sendable {
        /// A lock of another session; with the server's message.
        case locked(String)
        /// DDL was committed during each attempt; with the message of the error.
        case changing(String)
    }

    /// How often the read starts again when the version table itself is dropped or created meanwhile.
    private static let attempts = 3

    /// - Parameters:
    ///   - schema: of the version table; nil resolves the name as a new session of the role would.
    ///   - previous: an earlier reading of the catalog; it is returned again while its fingerprint still holds.
    /// - Throws: `lockTimeout` when the version table itself is locked, and errors of the connection. Locked tables and
    ///   continuous DDL are gaps, not errors.
    public static func read(
        _ session: Session, schema: String?, table name: String,
        options: CatalogReader.Options = CatalogReader.Options(), previous: CatalogReader.Reading? = nil
    ) throws(PostgresError) -> ConsistentRead {
        var attempt = 1
        while true {
            let table = try VersionTableReader.read(session, schema: schema, name: name)
            do {
                return try read(session, table, options, previous)
            } catch {
                guard ["42P01", "42703"].contains(error.sqlstate), attempt < attempts else { throw error }
                attempt += 1
            }
        }
    }

    private static func read(
        _ session: Session, _ table: VersionTable, _ options: CatalogReader.Options, _ previous: CatalogReader.Reading?
    ) throws(PostgresError) -> ConsistentRead {
        let gap: Gap
        do {
            var table = table
            let (catalog, rows) = try CatalogReader.reading(session, options, previous: previous) {
                () throws(PostgresError) in try Self.rows(session, table)
            }
            table.rows = rows
            return ConsistentRead(versionTable: table, catalog: catalog)
        } catch {
            switch error.kind {
            case .lockTimeout: gap = .locked(error.message)
            case .changedMeanwhile: gap = .changing(error.message)
            default: throw error
            }
        }
        return try snapshot(session, table, options, gap)
    }

    private static func rows(_ session: Session, _ table: VersionTable) throws(PostgresError) -> [String?] {
        guard table.state == .table else { return [] }
        return try VersionTableReader.rows(session, of: table)
    }

    /// Reads the rows and the catalog without definitions in one snapshot. It waits for no lock, and does not see DDL
    /// that is committed meanwhile.
    private static func snapshot(
        _ session: Session, _ table: VersionTable, _ options: CatalogReader.Options, _ gap: Gap
    ) throws(PostgresError) -> ConsistentRead {
        var table = table
        var options = options
        options.definitions = false
        let (catalog, rows) = try CatalogReader.snapshot(session, options) { () throws(PostgresError) in
            try Self.rows(session, table)
        }
        table.rows = rows
        return ConsistentRead(versionTable: table, catalog: catalog, gap: gap)
    }
}
