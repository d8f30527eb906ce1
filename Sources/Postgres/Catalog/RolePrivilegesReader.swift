public import Schema

/// Reads what the session's current role may change.
public enum RolePrivilegesReader {
    /// - Parameter versionTable: the table in which Alembic records revisions.
    /// - Returns: nil for a superuser, who may change everything.
    /// - Throws: errors of the connection.
    public static func read(_ session: Session, versionTable: TableName) throws(PostgresError) -> RolePrivileges? {
        let role = try session.query(
            """
            SELECT r.rolname, r.rolsuper, r.rolinherit, pg_catalog.current_database(),
                   pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
            FROM pg_catalog.pg_roles r WHERE r.rolname = current_user
            """
        ).values.first
        guard let role, role[1] != "t" else { return nil }
        return RolePrivileges(
            role: role[0] ?? "", inherits: role[2] == "t", serverVersion: session.serverVersion,
            database: role[3] ?? "", allowsSchemas: role[4] == "t", schemas: try schemas(session),
            foreignObjects: try foreignObjects(session), rowStatements: try rowStatements(session, on: versionTable))
    }

    private static func schemas(_ session: Session) throws(PostgresError) -> [String: RolePrivileges.Schema] {
        let rows = try session.query(
            """
            SELECT n.nspname, pg_catalog.has_schema_privilege(n.oid, 'USAGE'),
                   pg_catalog.has_schema_privilege(n.oid, 'CREATE')
            FROM pg_catalog.pg_namespace n WHERE \(CatalogSQL.isUserSchema)
            """)
        return Dictionary(
            rows.values.map { row in
                (row[0] ?? "", RolePrivileges.Schema(allowsUsage: row[1] == "t", allowsCreation: row[2] == "t"))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The relations and types whose owner's privileges the role does not have: `USAGE` in `pg_has_role` respects
    /// `NOINHERIT`, `MEMBER` does not.
    private static func foreignObjects(
        _ session: Session
    ) throws(PostgresError) -> [ObjectKey: RolePrivileges.ForeignObject] {
        let rows = try session.query(
            """
            SELECT o.category, o.nspname, o.name, r.rolname,
                   NOT r.rolsuper AND r.oid >= \(CatalogSQL.firstUserOid)
                       AND NOT pg_catalog.pg_has_role(r.oid, current_user, 'MEMBER'),
                   pg_catalog.pg_has_role(r.oid, 'MEMBER'), pg_catalog.pg_has_role(o.nspowner, 'USAGE'),
                   o.relation IS NOT NULL AND pg_catalog.has_any_column_privilege(o.relation, 'REFERENCES'),
                   o.relation IS NOT NULL AND pg_catalog.has_table_privilege(o.relation, 'TRIGGER')
            FROM (
                SELECT 'relation' AS category, n.nspname, n.nspowner, c.relname AS name, c.relowner AS owner,
                       c.oid AS relation
                FROM \(CatalogSQL.relations(CatalogSQL.tableKinds))
                UNION ALL
                SELECT 'type', n.nspname, n.nspowner, t.typname, t.typowner, NULL
                FROM pg_catalog.pg_type t
                JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace AND \(CatalogSQL.isUserSchema)
                WHERE t.typtype IN ('e', 'd') AND t.oid NOT IN \(CatalogSQL.members(of: "pg_type"))
            ) o
            JOIN pg_catalog.pg_roles r ON r.oid = o.owner
            WHERE NOT pg_catalog.pg_has_role(o.owner, 'USAGE')
            """)
        var objects: [ObjectKey: RolePrivileges.ForeignObject] = [:]
        for row in rows.values {
            let category: ObjectKey.Category = row[0] == "type" ? .type : .relation
            let key = ObjectKey(category, schema: row[1] ?? "", name: row[2] ?? "")
            objects[key] = RolePrivileges.ForeignObject(
                owner: row[3] ?? "", isOwnerGrantable: row[4] == "t", isMember: row[5] == "t",
                ownsSchema: row[6] == "t", allowsReferences: row[7] == "t", allowsTriggers: row[8] == "t")
        }
        return objects
    }

    /// Alembic writes only the column `version_num`, on which privileges can be granted alone.
    private static func rowStatements(
        _ session: Session, on table: TableName
    ) throws(PostgresError) -> Set<RolePrivileges.RowStatement>? {
        let row = try session.query(
            """
            SELECT pg_catalog.has_column_privilege(c.oid, a.attnum, 'INSERT'),
                   pg_catalog.has_column_privilege(c.oid, a.attnum, 'UPDATE'),
                   pg_catalog.has_table_privilege(c.oid, 'DELETE')
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'version_num' AND NOT a.attisdropped
            WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')
            """, [table.schema, table.name]
        ).values.first
        return row.map { row in
            Set(zip(row, [RolePrivileges.RowStatement.insert, .update, .delete]).filter { $0.0 == "t" }.map(\.1))
        }
    }
}
