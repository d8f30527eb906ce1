/// SQL fragments that the catalog queries share.
enum CatalogSQL {
    /// The smallest oid of an object that `initdb` did not create (`FirstNormalObjectId` in access/transam.h).
    static let firstUserOid = 16_384

    /// Sets, for the current transaction, every setting that affects the text of a definition.
    ///
    /// `pg_temp` is listed explicitly because it would come first otherwise: behind a pooler the backend may have
    /// temporary tables of other clients. `jit` is off because compiling takes longer than any of these queries.
    static let settings =
        "SELECT "
        + [
            ("search_path", "pg_catalog, pg_temp"), ("standard_conforming_strings", "on"),
            ("quote_all_identifiers", "off"), ("datestyle", "ISO, MDY"), ("intervalstyle", "postgres"),
            ("timezone", "UTC"), ("bytea_output", "hex"), ("extra_float_digits", "1"), ("lc_monetary", "C"),
            ("jit", "off"),
        ].map { "pg_catalog.set_config('\($0)', '\($1)', true)" }.joined(separator: ", ")

    /// A condition on `pg_namespace n`: neither a system schema nor a temporary one.
    static let isUserSchema = "NOT pg_catalog.starts_with(n.nspname::text, 'pg_') AND n.nspname <> 'information_schema'"

    /// The oids of the extension members in a system catalog.
    static func members(of catalog: String) -> String {
        """
        (SELECT e.objid FROM pg_catalog.pg_depend e
         WHERE e.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND e.deptype = 'e'
           AND e.classid = 'pg_catalog.\(catalog)'::pg_catalog.regclass)
        """
    }

    /// The `pg_class.relkind` values of tables, views and foreign tables, for `IN`.
    static let tableKinds = "'r', 'p', 'v', 'm', 'f'"

    /// `pg_class c` joined with `pg_namespace n`, limited to the relations that a `Catalog` contains.
    ///
    /// - Parameter condition: further limits it, as `AND …`.
    static func relations(_ kinds: String, _ condition: String = "") -> String {
        """
        pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND \(isUserSchema)
         AND c.relkind IN (\(kinds)) AND c.relpersistence <> 't' AND c.oid NOT IN \(members(of: "pg_class"))\(condition)
        """
    }
}
