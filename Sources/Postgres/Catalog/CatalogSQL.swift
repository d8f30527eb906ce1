/// Pieces that the statements about the catalog share.
enum CatalogSQL {
    /// The least oid of an object that `initdb` did not make (`FirstNormalObjectId`, PostgreSQL's access/transam.h).
    static let firstUserOid = 16_384

    /// Everything that the wording of a definition depends on, for the transaction.
    ///
    /// `pg_temp` is named because it would come first otherwise: behind a pooler a backend may have temporary tables of
    /// others. Compiling (`jit`) takes longer than any of these statements.
    static let settings =
        "SELECT "
        + [
            ("search_path", "pg_catalog, pg_temp"), ("standard_conforming_strings", "on"),
            ("quote_all_identifiers", "off"), ("datestyle", "ISO, MDY"), ("intervalstyle", "postgres"),
            ("timezone", "UTC"), ("bytea_output", "hex"), ("extra_float_digits", "1"), ("lc_monetary", "C"),
            ("jit", "off"),
        ].map { "pg_catalog.set_config('\($0)', '\($1)', true)" }.joined(separator: ", ")

    /// A condition on `pg_namespace n`: a schema that is not the system's, and no session's temporary one.
    static let isUserSchema = "NOT pg_catalog.starts_with(n.nspname::text, 'pg_') AND n.nspname <> 'information_schema'"

    /// The oids of the members that extensions have in a catalog.
    static func members(of catalog: String) -> String {
        """
        (SELECT e.objid FROM pg_catalog.pg_depend e
         WHERE e.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND e.deptype = 'e'
           AND e.classid = 'pg_catalog.\(catalog)'::pg_catalog.regclass)
        """
    }

    /// `pg_class.relkind` of tables, views and their like, for `IN`.
    static let tableKinds = "'r', 'p', 'v', 'm', 'f'"

    /// `pg_class c` and `pg_namespace n`, with those relations that a catalog lists.
    static func relations(_ kinds: String = tableKinds) -> String {
        """
        pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND \(isUserSchema)
         AND c.relkind IN (\(kinds)) AND c.relpersistence <> 't' AND c.oid NOT IN \(members(of: "pg_class"))
        """
    }
}
