import Schema

/// Reads the version table. It never writes, and never waits longer than the session's `lock_timeout`.
public enum VersionTableReader {
    /// More rows than a version table could ever need; further rows are not read.
    static let rowLimit = 10_000

    /// - Parameters:
    ///   - schema: the table's schema; nil resolves the name through the role's own `search_path`, as a new session
    ///     would.
    ///   - name: `alembic_version` unless env.py sets another one.
    /// - Throws: `lockTimeout` while a migration holds the table, and errors of the connection. A missing table, a denied
    ///   table and another kind of object are states of the result, not errors.
    public static func read(
        _ session: Session, schema: String? = nil, name: String = "alembic_version"
    ) throws(PostgresError) -> VersionTable {
        let found = try session.transaction { () throws(PostgresError) in
            try locate(session, schema: schema, name: name)
        }
        guard var table = found.table else {
            return VersionTable(schema: found.schema, name: name, state: .missing)
        }
        guard table.state == .table else { return table }
        do {
            // In its own transaction, because a refusal ends the transaction.
            table.rows = try rows(session, of: table)
        } catch {
            switch (error.kind, error.sqlstate) {
            case (.permissionDenied, _): table.state = .denied(message: error.message)
            case (_, "42P01"): table.state = .missing
            default: throw error
            }
        }
        return table
    }

    /// All tables of the database that have a column `version_num`, at most 20, by schema and name.
    ///
    /// - Throws: as ``read(_:schema:name:)``.
    public static func all(_ session: Session) throws(PostgresError) -> [VersionTable] {
        let names = try session.query(
            """
            SELECT n.nspname, c.relname FROM \(CatalogSQL.relations("'r', 'p'"))
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'version_num' AND a.attnum > 0
                 AND NOT a.attisdropped
            ORDER BY 1, 2 LIMIT 20
            """)
        var tables: [VersionTable] = []
        for row in names.values {
            tables.append(try read(session, schema: row[0] ?? "", name: row[1] ?? ""))
        }
        return tables
    }

    /// Reads only the rows, in the open transaction or in one of its own.
    ///
    /// - Parameter table: as an earlier read found it.
    /// - Throws: the server's error, including `permissionDenied` and, for a table that was dropped, 42P01.
    public static func rows(_ session: Session, of table: VersionTable) throws(PostgresError) -> [String?] {
        let name = TableName(schema: table.schema, name: table.name).sql()
        let rows = try session.query("SELECT version_num FROM \(name) LIMIT \(rowLimit)")
        return VersionTable.sorted(rows.values.map { $0[0] })
    }

    private static func locate(
        _ session: Session, schema: String?, name: String
    ) throws(PostgresError) -> (schema: String, table: VersionTable?) {
        if let schema {
            let rows = try session.query(lookUp + "WHERE n.nspname = $1 AND c.relname = $2", [schema, name])
            return (schema, rows.values.first.map { described($0, name) })
        }
        // The search_path of this session is pinned; reset_val is the value that the role gets at login.
        try session.query(
            """
            SELECT pg_catalog.set_config('search_path', reset_val, true) FROM pg_catalog.pg_settings
            WHERE name = 'search_path'
            """)
        let visible = lookUp + "WHERE c.oid = pg_catalog.to_regclass(pg_catalog.quote_ident($1))"
        // The server silently skips a schema that the role may not use. "Missing" would be wrong in that case.
        let hidden =
            lookUp + """
                WHERE c.relname = $1 AND NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND n.nspname IN (
                    SELECT CASE pg_catalog.btrim(entry, ' "') WHEN '$user' THEN current_user::text
                           ELSE pg_catalog.btrim(entry, ' "') END
                    FROM pg_catalog.unnest(pg_catalog.string_to_array(
                        pg_catalog.current_setting('search_path'), ',')) AS entry)
                """
        for statement in [visible, hidden] {
            if let row = try session.query(statement, [name]).values.first {
                let table = described(row, name)
                return (table.schema, table)
            }
        }
        return (try session.query("SELECT pg_catalog.current_schema()").value ?? "public", nil)
    }

    /// `atttypmod` of varchar and char is the length plus 4, or -1 for no limit.
    private static let lookUp = """
        SELECT n.nspname, c.relkind, a.attnum IS NOT NULL,
               CASE WHEN pg_catalog.format_type(a.atttypid, NULL) IN ('character varying', 'character')
                         AND a.atttypmod > 4 THEN a.atttypmod - 4 END,
               EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_attribute a
            ON a.attrelid = c.oid AND a.attname = 'version_num' AND a.attnum > 0 AND NOT a.attisdropped

        """

    private static func described(_ row: [String?], _ name: String) -> VersionTable {
        let state: VersionTable.State
        switch row[1] ?? "" {
        case "r", "p": state = row[2] == "t" ? .table : .columnMissing
        case "v": state = .notATable(kind: "view")
        case "m": state = .notATable(kind: "materialized view")
        case "f": state = .notATable(kind: "foreign table")
        case "S": state = .notATable(kind: "sequence")
        case "i", "I": state = .notATable(kind: "index")
        default: state = .notATable(kind: "type")
        }
        return VersionTable(
            schema: row[0] ?? "", name: name, state: state, columnWidth: row[3].flatMap { Int($0) },
            hasPrimaryKey: row[4] == "t")
    }
}
