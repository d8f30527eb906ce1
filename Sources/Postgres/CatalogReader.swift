public import Schema

/// Reads the catalog in one statement, however many tables there are.
public enum CatalogReader {
    /// Relations that are the application's: not the system's, not a session's temporary ones, not an extension's.
    private static let userRelations = """
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_depend e
            ON e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.objsubid = 0
               AND e.deptype = 'e'

        """
    private static let userOnly = """
        e.objid IS NULL AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
        AND c.relpersistence <> 't'
        """

    /// Tables, partitioned tables, views, materialized views and foreign tables of all user schemas, with columns.
    /// Privileges do not matter: every role may read the catalog.
    ///
    /// - Parameter defaults: reads the defaults' expressions too; `pg_get_expr` waits for whoever holds a table
    ///   exclusively, so a read that must not wait leaves them out.
    /// - Throws: `lockTimeout` and `canceled` by the session's limits, and whatever the link earns.
    public static func read(_ session: Session, defaults: Bool = true) throws(PostgresError) -> Catalog {
        let expression = defaults ? "pg_catalog.pg_get_expr(d.adbin, d.adrelid)" : "NULL"
        let rows = try session.query(
            """
            SELECT n.nspname, c.relname, c.relkind, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
                   a.attnotnull, \(expression)
            \(userRelations)
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND \(userOnly)
            ORDER BY c.oid, a.attnum
            """)
        var tables: [Table] = []
        for row in rows.values {
            guard let schema = row[0], let name = row[1], let kind = Table.Kind(relkind: row[2] ?? "") else { continue }
            if tables.last?.name != name || tables.last?.schema != schema {
                tables.append(Table(schema: schema, name: name, kind: kind, columns: []))
            }
            guard let column = row[3], let type = row[4] else { continue }
            tables[tables.count - 1].columns.append(
                Column(name: column, type: type, nullable: row[5] == "f", default: row[6]))
        }
        return Catalog(tables: tables)
    }
}
