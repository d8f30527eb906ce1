/// A fingerprint of a database's catalog: two equal fingerprints mean that no DDL was committed between them.
///
/// DDL replaces rows of the system catalogs, and each new row has a new `xmin`, so a sum over hashes of `xmin` detects
/// it. `pg_class` is the exception, because TRUNCATE, REINDEX, VACUUM FULL and REFRESH replace its rows without changing
/// anything that a `Catalog` contains; there the values are hashed. Temporary objects are excluded, because a busy
/// application would change the fingerprint all the time.
public struct CatalogFingerprint: Hashable, Sendable {
    private let sums: [String?]
    private let serverVersion: Int

    /// A text that is equal exactly for equal fingerprints.
    public var text: String { ([String(serverVersion)] + sums.map { $0 ?? "" }).joined(separator: " ") }

    init(_ session: Session, _ options: CatalogReader.Options) throws(PostgresError) {
        sums = try session.query(Self.statement(options)).values.first ?? []
        serverVersion = session.serverVersion
    }

    private static func statement(_ options: CatalogReader.Options) -> String {
        let sums = [relations, policyRoles] + changes + (options.comments ? [comments] : [])
        return """
            WITH temporary AS MATERIALIZED (SELECT c.oid FROM pg_catalog.pg_class c WHERE c.relpersistence = 't'),
                 system AS MATERIALIZED (
                    SELECT n.oid FROM pg_catalog.pg_namespace n WHERE NOT (\(CatalogSQL.isUserSchema)))
            SELECT \((sums + (options.privileges ? [grants] : [])).joined(separator: ",\n"))
            """
    }

    private static let changes =
        changesByRelation.map { catalog, column, condition in
            sum(
                catalog,
                """
                x.\(column) >= \(CatalogSQL.firstUserOid) AND x.\(column) NOT IN (SELECT oid FROM temporary)
                AND \(condition)
                """)
        }
        + changesBySchema.map { catalog, column in
            sum(catalog, "x.oid >= \(CatalogSQL.firstUserOid) AND x.\(column) NOT IN (SELECT oid FROM system)")
        }
        + changesOfOthers.map { catalog, column in sum(catalog, "x.\(column) >= \(CatalogSQL.firstUserOid)") }
        + [
            sum("pg_namespace", "x.oid NOT IN (SELECT oid FROM system)"),
            sum("pg_extension", "true"),
            // Membership in extensions.
            sum("pg_depend", "x.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND x.deptype = 'e'"),
        ]

    private static let changesByRelation = [
        ("pg_attribute", "attrelid", "x.attnum > 0"), ("pg_attrdef", "adrelid", "true"),
        ("pg_index", "indrelid", "true"),
        // Internal triggers belong to foreign keys, except that before version 15 triggers inherited by a partition are
        // internal too.
        ("pg_trigger", "tgrelid", "NOT (x.tgisinternal AND x.tgparentid = 0)"), ("pg_rewrite", "ev_class", "true"),
        ("pg_inherits", "inhrelid", "true"), ("pg_partitioned_table", "partrelid", "true"),
        ("pg_sequence", "seqrelid", "true"), ("pg_policy", "polrelid", "true"),
    ]
    private static let changesBySchema = [
        ("pg_constraint", "connamespace"), ("pg_type", "typnamespace"), ("pg_proc", "pronamespace"),
    ]
    /// Parts of the objects above, and objects that definitions may refer to.
    private static let changesOfOthers = [
        ("pg_enum", "oid"), ("pg_range", "rngtypid"), ("pg_aggregate", "aggfnoid"), ("pg_collation", "oid"),
        ("pg_operator", "oid"), ("pg_opclass", "oid"), ("pg_am", "oid"), ("pg_language", "oid"),
        ("pg_ts_config", "oid"),
    ]

    /// Sums hashes, because an xid can be cast to a number only through text.
    static func sum(_ catalog: String, _ condition: String) -> String {
        """
        (SELECT pg_catalog.sum(pg_catalog.hash_array_extended(ARRAY[x.xmin], 0))
         FROM pg_catalog.\(catalog) x WHERE \(condition))
        """
    }

    /// Hashes the name, with the other values as the seed. For sequences `xmin` counts too: for a table its row type
    /// reveals that it was renamed back and forth, and a sequence has none.
    private static let relations = """
        (SELECT pg_catalog.sum(pg_catalog.hashnameextended(
                    c.relname, (c.oid::int8 << 32) # (c.relnamespace::int8 << 4)
                    # (c.relrowsecurity::int4 + c.relforcerowsecurity::int4 * 2 + c.relispartition::int4 * 4
                       + (c.relpersistence = 'u')::int4 * 8)))
                + COALESCE(pg_catalog.sum(pg_catalog.hash_array_extended(ARRAY[c.xmin], 0))
                           FILTER (WHERE c.relkind = 'S'), 0)
         FROM pg_catalog.pg_class c
         WHERE c.oid >= \(CatalogSQL.firstUserOid) AND c.relkind <> 't' AND c.relpersistence <> 't')
        """

    /// A policy refers to its roles by oid, so a renamed role is detected by its name.
    private static let policyRoles = """
        (SELECT pg_catalog.sum(pg_catalog.hashnameextended(pg_catalog.pg_get_userbyid(role), p.oid::int8))
         FROM pg_catalog.pg_policy p CROSS JOIN LATERAL pg_catalog.unnest(p.polroles) AS role)
        """

    private static let comments = sum("pg_description", "x.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass")

    private static let grants = """
        (SELECT pg_catalog.sum(pg_catalog.hashtextextended(c.relacl::text, c.oid::int8))
         FROM pg_catalog.pg_class c WHERE c.relacl IS NOT NULL AND c.oid >= \(CatalogSQL.firstUserOid)
          AND c.relpersistence <> 't')
        """
}
