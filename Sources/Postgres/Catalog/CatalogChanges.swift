/// The rows of the system catalogs that were written since an earlier read, as of one moment.
struct CatalogChanges {
    struct NewRow {
        var key: SystemCatalog.Key
        var xmin: UInt32
        var owner: SystemCatalog.Owner
        var name: String?
    }

    private(set) var rows: [NewRow] = []
    /// The numbers of all rows of the catalogs that are counted, old ones included: rows that were deleted leave no other
    /// trace.
    private(set) var counts: [SystemCatalog: Int] = [:]
    /// Differs after a change of what any definition may depend on: schemas, extensions, roles, operators and the like.
    private(set) var others = ""
    /// `pg_current_snapshot()`. While it is the same, no transaction has committed a change.
    private(set) var snapshot = ""

    /// - Parameters:
    ///   - first: the transactions below it had ended at the earlier read; nil returns all rows.
    ///   - comments: whether comments count.
    init(_ session: Session, since first: String?, comments: Bool) throws(PostgresError) {
        var (rows, counts, texts): ([NewRow], [SystemCatalog: Int], [String]) = ([], [:], ["", ""])
        try session.forEach(prepared: Self.statement(comments: comments), [first]) { row in
            let number: Int = row.number(0)
            guard let catalog = SystemCatalog(rawValue: number) else {
                texts[number == Self.othersNumber ? 0 : 1] = row.text(6) ?? ""
                return
            }
            if row.isNull(1) {
                counts[catalog] = row.number(2)
                return
            }
            let key = SystemCatalog.Key(catalog: catalog, oid: row.number(1), number: row.number(2))
            let owner: SystemCatalog.Owner =
                switch row.letter(4) {
                case UInt8(ascii: "c"): .composite(type: row.number(5))
                case UInt8(ascii: "t"): .type(row.number(5))
                case UInt8(ascii: "f"): .routine(row.number(5))
                case UInt8(ascii: "r"): .relation(row.number(5))
                default: .none
                }
            rows.append(NewRow(key: key, xmin: row.number(3), owner: owner, name: row.text(6)))
        }
        (self.rows, self.counts, others, snapshot) = (rows, counts, texts[0], texts[1])
    }

    /// All transactions below it had ended: `first` of the next read.
    var first: String? { snapshot.split(separator: ":").first.map(String.init) }

    static func snapshot(_ session: Session) throws(PostgresError) -> String {
        var text = ""
        try session.forEach(prepared: "SELECT pg_catalog.pg_current_snapshot()", []) { text = $0.text(0) ?? "" }
        return text
    }

    private static let othersNumber = -1

    private static func statement(comments: Bool) -> String { comments ? withComments : withoutComments }

    private static let withComments = statement(of: SystemCatalog.allCases)
    private static let withoutComments = statement(of: SystemCatalog.allCases.filter { $0 != .comment })

    private static func statement(of catalogs: [SystemCatalog]) -> String {
        let other = """
            SELECT \(othersNumber), NULL::oid, NULL::int8, NULL::xid, NULL, NULL::oid, pg_catalog.concat_ws(' ',
            \(([roles] + otherSums).map { "COALESCE(\($0)::text, '-')" }.joined(separator: ",\n")))
            """
        let snapshot = """
            SELECT \(othersNumber - 1), NULL::oid, NULL::int8, NULL::xid, NULL, NULL::oid,
                   pg_catalog.pg_current_snapshot()::text
            """
        return (catalogs.flatMap(\.newRows) + [other, snapshot]).joined(separator: "\nUNION ALL ")
    }

    private static let roles =
        "(SELECT pg_catalog.sum(pg_catalog.hashnameextended(r.rolname, r.oid::int8)) FROM pg_catalog.pg_roles r)"

    private static let otherSums =
        [
            CatalogFingerprint.sum(
                "pg_namespace", "NOT pg_catalog.starts_with(x.nspname::text, 'pg_')"),
            CatalogFingerprint.sum("pg_extension", "true"),
            CatalogFingerprint.sum(
                "pg_depend", "x.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND x.deptype = 'e'"),
            // Objects here are found without their schema, so they can change how others are printed.
            CatalogFingerprint.sum(
                "pg_proc",
                "x.oid >= \(CatalogSQL.firstUserOid) AND x.pronamespace = 'pg_catalog'::pg_catalog.regnamespace"),
            CatalogFingerprint.sum(
                "pg_type",
                "x.oid >= \(CatalogSQL.firstUserOid) AND x.typnamespace = 'pg_catalog'::pg_catalog.regnamespace"),
        ]
        + [
            "pg_collation", "pg_operator", "pg_opclass", "pg_opfamily", "pg_am", "pg_language", "pg_ts_config",
            "pg_ts_dict",
        ].map { CatalogFingerprint.sum($0, "x.oid >= \(CatalogSQL.firstUserOid)") }
}
