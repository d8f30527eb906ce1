import Schema

/// Reads enums, domains, composite types and ranges.
extension CatalogAssembly {
    /// A type whose labels, checks or attributes are still to be read.
    private struct Draft {
        var oid: UInt32
        var schema: String
        var name: String
        var kind: UInt8
        /// The base type of a domain, or the subtype of a range.
        var base: String
        var nullable: Bool
        var `default`: String?
        /// `pg_class.oid` of a composite type.
        var relation: UInt32
    }

    /// Skips row types of tables, arrays and multiranges, which PostgreSQL creates and drops together with their table
    /// or type.
    mutating func readTypes() throws(PostgresError) {
        var drafts: [Draft] = []
        try source.forEach(
            \.types,
            """
            SELECT t.oid, n.nspname, t.typname, t.typtype, t.typnotnull, t.typrelid,
                   CASE t.typtype WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod)
                                  WHEN 'r' THEN \(Self.range) END,
                   \(definition("pg_catalog.pg_get_expr(t.typdefaultbin, 0)"))
            FROM pg_catalog.pg_type t
            JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace AND \(CatalogSQL.isUserSchema)
            LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
            WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND t.typrelid IN (
                      SELECT c.oid FROM pg_catalog.pg_class c WHERE c.relkind = 'c'))
             AND t.oid NOT IN \(CatalogSQL.members(of: "pg_type"))\(source.only("t.oid"))
            ORDER BY n.nspname, t.typname
            """
        ) { row in
            drafts.append(
                Draft(
                    oid: row.number(0), schema: row.name(1, &texts), name: row.name(2, &texts), kind: row.letter(3),
                    base: row.name(6, &texts), nullable: !row.isTrue(4), default: row.text(7),
                    relation: row.number(5)))
        }
        let labels = try readLabels()
        let checks = try readDomainChecks()
        types = drafts.map { draft in
            let definition: UserType.Definition =
                switch draft.kind {
                case UInt8(ascii: "e"): .enumeration(labels: labels[draft.oid] ?? [])
                case UInt8(ascii: "d"):
                    .domain(
                        base: draft.base, nullable: draft.nullable, default: draft.default,
                        checks: checks[draft.oid] ?? [:])
                case UInt8(ascii: "r"): .range(subtype: draft.base)
                default:
                    .composite(
                        attributes: (attributes[draft.relation] ?? []).sorted { $0.number < $1.number }.map(\.column))
                }
            return (draft.oid, UserType(schema: draft.schema, name: draft.name, definition: definition))
        }
    }

    /// The subtype of a range, followed by its other parameters in the syntax of `CREATE TYPE`.
    private static let range = {
        func parameter(_ word: String, _ expression: String) -> String {
            "COALESCE(', \(word) = ' || \(expression), '')"
        }
        func name(_ catalog: String, _ prefix: String, _ column: String, besides condition: String) -> String {
            """
            (SELECT pg_catalog.quote_ident(s.nspname) || '.' || pg_catalog.quote_ident(x.\(prefix)name)
             FROM pg_catalog.\(catalog) x JOIN pg_catalog.pg_namespace s ON s.oid = x.\(prefix)namespace
             WHERE x.oid = r.\(column) AND NOT \(condition))
            """
        }
        let usual = "x.oid = (SELECT b.typcollation FROM pg_catalog.pg_type b WHERE b.oid = r.rngsubtype)"
        return [
            "pg_catalog.format_type(r.rngsubtype, NULL)",
            parameter("SUBTYPE_OPCLASS", name("pg_opclass", "opc", "rngsubopc", besides: "x.opcdefault")),
            parameter("COLLATION", name("pg_collation", "coll", "rngcollation", besides: usual)),
            parameter("CANONICAL", "NULLIF(r.rngcanonical::oid, 0)::pg_catalog.regproc::text"),
            parameter("SUBTYPE_DIFF", "NULLIF(r.rngsubdiff::oid, 0)::pg_catalog.regproc::text"),
        ].joined(separator: " || ")
    }()

    /// Enum labels in their sort order, by the oid of the enum.
    private mutating func readLabels() throws(PostgresError) -> [UInt32: [String]] {
        var labels: [UInt32: [String]] = [:]
        try source.forEach(
            \.types,
            """
            SELECT e.enumtypid, e.enumlabel FROM pg_catalog.pg_enum e WHERE true\(source.only("e.enumtypid"))
            ORDER BY e.enumtypid, e.enumsortorder
            """
        ) { row in labels[row.number(0), default: []].append(row.name(1, &texts)) }
        return labels
    }

    /// Check constraints, by the oid of the domain and by name.
    private mutating func readDomainChecks() throws(PostgresError) -> [UInt32: [String: String]] {
        var checks: [UInt32: [String: String]] = [:]
        try source.forEach(
            \.types,
            """
            SELECT k.contypid, k.conname, \(definition("pg_catalog.pg_get_constraintdef(k.oid)"))
            FROM pg_catalog.pg_constraint k
            JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace AND \(CatalogSQL.isUserSchema)
            WHERE k.contypid <> 0 AND k.contype = 'c'\(source.only("k.contypid"))
            """
        ) { row in checks[row.number(0), default: [:]][row.name(1, &texts)] = row.text(2) ?? "" }
        return checks
    }
}
