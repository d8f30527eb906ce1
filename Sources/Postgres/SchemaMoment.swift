/// The version table and the catalog as they were together at one moment.
///
/// Each alone can be read well and the two of them still tell a lie: a migration that commits between two reads leaves
/// old rows beside a new catalog, which looks like drift.
public struct SchemaMoment: Sendable {
    public var versionTable: VersionTable
    public var catalog: CatalogReader.Reading
    /// Why the catalog has no definitions; nil when it has them.
    public var gap: Gap?

    /// What kept definitions from being read.
    public enum Gap: Hashable, Sendable {
        /// Somebody's lock, in the server's words.
        case locked(String)
        /// DDL that was committed during each attempt.
        case changing(String)
    }

    /// How often it is begun when the version table itself is dropped or made meanwhile.
    private static let attempts = 3

    /// - Parameters:
    ///   - schema: of the version table; nil finds it as a fresh session of the role would.
    ///   - previous: an earlier reading of the catalog, the answer while it still holds.
    /// - Throws: `lockTimeout` when the version table itself is locked, and what the link earns. Locked tables and
    ///   unceasing DDL are gaps, not errors.
    public static func read(
        _ session: Session, schema: String?, table name: String,
        options: CatalogReader.Options = CatalogReader.Options(), previous: CatalogReader.Reading? = nil
    ) throws(PostgresError) -> SchemaMoment {
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
    ) throws(PostgresError) -> SchemaMoment {
        let gap: Gap
        do {
            var table = table
            let (catalog, rows) = try CatalogReader.reading(session, options, previous: previous) {
                () throws(PostgresError) in try Self.rows(session, table)
            }
            table.rows = rows
            return SchemaMoment(versionTable: table, catalog: catalog)
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

    /// Rows, and the catalog without definitions, of one snapshot: it waits for nobody's lock, and DDL that is committed
    /// meanwhile is not seen.
    private static func snapshot(
        _ session: Session, _ table: VersionTable, _ options: CatalogReader.Options, _ gap: Gap
    ) throws(PostgresError) -> SchemaMoment {
        var table = table
        var options = options
        options.definitions = false
        let (catalog, rows) = try CatalogReader.snapshot(session, options) { () throws(PostgresError) in
            try Self.rows(session, table)
        }
        table.rows = rows
        return SchemaMoment(versionTable: table, catalog: catalog, gap: gap)
    }
}
