/// A system catalog whose rows are compared by `xmin`. Each row belongs to one object of a `Catalog`.
///
/// Not among them are those whose rows change only together with others: defaults with their column, partition keys with
/// their relation, ranges with their type, aggregates with their routine.
enum SystemCatalog: Int, CaseIterable, Hashable {
    case relation, attribute, constraint, index, trigger, policy, rule, inheritance, sequence, comment
    case type, label, routine

    /// The rows, with the alias `x`.
    private struct Rows {
        var table: String
        /// What identifies a row: an oid, and a number where the oid is not unique.
        var oid: String
        var number = "0"
        /// What the row belongs to: `r` relation, `c` composite type, `t` type, `f` routine, `x` nothing that a catalog
        /// contains.
        var kind = "'r'"
        var owner: String
        /// What other objects' definitions call it, where they call it by a name.
        var name = "NULL"
        /// Limits a catalog in which the system has many rows, where an index finds the others.
        var condition = "true"
    }

    private var rows: Rows {
        switch self {
        case .relation:
            // Of an index the owner is the table, of a composite type the type.
            Rows(
                table: "pg_class", oid: "x.oid",
                kind: """
                    CASE WHEN x.oid < \(CatalogSQL.firstUserOid) OR x.relkind = 't' OR x.relpersistence = 't'
                              OR x.relnamespace = 'pg_toast'::pg_catalog.regnamespace THEN 'x'
                         WHEN x.relkind = 'c' THEN 'c' ELSE 'r' END
                    """,
                owner: """
                    CASE WHEN x.relkind IN ('i', 'I') THEN
                        (SELECT i.indrelid FROM pg_catalog.pg_index i WHERE i.indexrelid = x.oid)
                    WHEN x.relkind = 'c' THEN x.reltype ELSE x.oid END
                    """,
                name: "x.relnamespace::text || ' ' || x.relname::text")
        case .attribute:
            Rows(
                table: "pg_attribute", oid: "x.attrelid", number: "x.attnum", owner: "x.attrelid",
                name: "CASE WHEN NOT x.attisdropped THEN x.attname::text END",
                condition: "x.attnum > 0")
        case .constraint:
            Rows(
                table: "pg_constraint", oid: "x.oid", kind: "CASE x.contypid WHEN 0 THEN 'r' ELSE 't' END",
                owner: "CASE x.contypid WHEN 0 THEN x.conrelid ELSE x.contypid END", name: "x.conname::text")
        case .index:
            Rows(
                table: "pg_index", oid: "x.indexrelid", owner: "x.indrelid")
        case .trigger:
            // Internal ones belong to foreign keys, except for those of partitions before version 15.
            Rows(
                table: "pg_trigger", oid: "x.oid",
                kind: "CASE WHEN x.tgisinternal AND x.tgparentid = 0 THEN 'x' ELSE 'r' END", owner: "x.tgrelid")
        case .policy: Rows(table: "pg_policy", oid: "x.oid", owner: "x.polrelid")
        case .rule:
            Rows(
                table: "pg_rewrite", oid: "x.oid", owner: "x.ev_class", condition: "x.oid >= \(CatalogSQL.firstUserOid)"
            )
        case .inheritance:
            Rows(table: "pg_inherits", oid: "x.inhrelid", number: "x.inhseqno", owner: "x.inhrelid")
        case .sequence: Rows(table: "pg_sequence", oid: "x.seqrelid", owner: "x.seqrelid")
        case .comment:
            Rows(
                table: "pg_description", oid: "x.objoid", number: "x.objsubid", owner: "x.objoid",
                condition: """
                    x.objoid >= \(CatalogSQL.firstUserOid) AND x.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
                    """)
        case .type:
            // A row type is named after its relation, and an array type is called by its element type.
            Rows(
                table: "pg_type", oid: "x.oid",
                kind: """
                    CASE WHEN x.typtype = 'c' OR x.typtype = 'b' AND x.typelem <> 0 AND x.typlen = -1 THEN 'x'
                         ELSE 't' END
                    """,
                owner: "x.oid", name: "x.typnamespace::text || ' ' || x.typname::text")
        case .label:
            Rows(
                table: "pg_enum", oid: "x.oid", kind: "'t'", owner: "x.enumtypid", name: "x.enumlabel::text",
                condition: "x.oid >= \(CatalogSQL.firstUserOid)")
        case .routine:
            Rows(
                table: "pg_proc", oid: "x.oid", kind: "'f'", owner: "x.oid",
                name: "x.pronamespace::text || ' ' || x.proname::text",
                condition: "x.oid >= \(CatalogSQL.firstUserOid)")
        }
    }

    /// Whether rows may be deleted while their object remains, or are the objects. Others are deleted with one of these.
    var isCounted: Bool {
        switch self {
        case .relation, .constraint, .trigger, .policy, .inheritance, .comment, .type, .routine: true
        default: false
        }
    }

    /// The rows that transactions from `$1` on have written, then the number of all rows if they are counted; for a
    /// query with `UNION ALL`, in the columns that `CatalogChanges` reads.
    var newRows: [String] {
        let rows = rows
        var parts = [
            """
            SELECT \(rawValue), \(rows.oid), \(rows.number)::int8, x.xmin, \(rows.kind)::text, \(rows.owner), \(rows.name)
            FROM pg_catalog.\(rows.table) x
            WHERE pg_catalog.age(x.xmin) <= (SELECT COALESCE(pg_catalog.age($1::text::xid8::xid), 2147483647))
             AND \(rows.condition)
            """
        ]
        if isCounted {
            parts.append(
                """
                SELECT \(rawValue), NULL::oid, count(*), NULL::xid, NULL, NULL::oid, NULL
                FROM pg_catalog.\(rows.table) x WHERE \(rows.condition)
                """)
        }
        return parts
    }

    /// What identifies each row.
    var keys: String {
        "SELECT \(rows.oid), \(rows.number) FROM pg_catalog.\(rows.table) x WHERE \(rows.condition)"
    }

    struct Key: Hashable {
        var catalog: SystemCatalog
        var oid: UInt32
        var number: Int32
    }

    /// What a row belongs to, by oid.
    enum Owner: Hashable {
        case none
        /// `pg_class.oid`, also of an index.
        case relation(UInt32)
        /// A composite type, whose attributes belong to a relation of their own.
        case composite(type: UInt32)
        case type(UInt32)
        case routine(UInt32)
    }
}
