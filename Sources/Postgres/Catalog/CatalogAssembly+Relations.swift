import Schema

/// Reads tables, views and foreign tables with their columns.
extension CatalogAssembly {
    mutating func readRelations() throws(PostgresError) {
        // relnatts counts dropped columns too, so it is never too small. A partition bound contains no columns, so
        // pg_get_expr needs no table oid, and therefore no lock, for it.
        try source.forEach(
            \.relations,
            """
            SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
                   c.relnatts, pg_catalog.pg_get_expr(c.relpartbound, 0),
                   \(definition("CASE c.relkind WHEN 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END")),
                   c.oid IN \(CatalogSQL.members(of: "pg_class"))
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND \(CatalogSQL.isUserSchema)
            WHERE c.relkind IN (\(CatalogSQL.tableKinds)) AND c.relpersistence <> 't'\(source.only("c.oid"))
            ORDER BY n.nspname, c.relname
            """
        ) { row in
            guard let kind = Table.Kind(relkind: row.name(3, &texts)) else { return }
            let oid: UInt32 = row.number(0)
            let name = TableName(schema: row.name(1, &texts), name: row.name(2, &texts))
            names[oid] = name
            if row.isTrue(10) { return }
            var table = Table(schema: name.schema, name: name.name, kind: kind, columns: [])
            table.columns.reserveCapacity(row.number(7))
            table.isUnlogged = row.letter(4) == UInt8(ascii: "u")
            table.rowSecurity = row.isTrue(5) ? (row.isTrue(6) ? .forced : .enabled) : .off
            table.partitionBound = row.text(8)
            table.partitionKey = row.text(9)
            if options.privileges { table.privileges = [] }
            if options.comments { table.comment = "" }
            places[oid] = tables.count
            tables.append(table)
            numbers.append([])
        }
    }

    mutating func readColumns() throws(PostgresError) {
        var (last, place): (UInt32, Int?) = (0, nil)
        try source.forEach(
            \.relations,
            """
            SELECT a.attrelid, a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
                   a.attidentity, a.attislocal,
                   CASE WHEN a.attcollation <> t.typcollation THEN (
                       SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(l.collname)
                       FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
                       WHERE l.oid = a.attcollation) END
            FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            WHERE a.attnum > 0 AND NOT a.attisdropped
             AND a.attrelid IN (SELECT c.oid FROM \(source.relations(CatalogSQL.tableKinds + ", 'c'")))
            """
        ) { row in
            let relation: UInt32 = row.number(0)
            let number: Int16 = row.number(1)
            var column = Column(
                name: row.name(2, &texts), type: row.name(3, &texts), nullable: !row.isTrue(4),
                identity: Column.Identity(row.letter(5)), collation: row.text(7, &texts), isInherited: !row.isTrue(6))
            if options.comments { column.comment = "" }
            if relation != last { (last, place) = (relation, places[relation]) }
            if let place {
                // Rows arrive in the order of their last change, which is nearly always that of the numbers.
                let position = (numbers[place].lastIndex { $0 < number } ?? -1) + 1
                numbers[place].insert(number, at: position)
                tables[place].columns.insert(column, at: position)
            } else {
                attributes[relation, default: []].append((number, column))
            }
        }
    }

    /// Only an expression that contains columns needs the table's oid, and only then may the query wait for a lock.
    mutating func readDefaults() throws(PostgresError) {
        try source.forEach(
            \.relations,
            """
            SELECT d.adrelid, d.adnum, a.attgenerated <> '', pg_catalog.pg_get_expr(
                       d.adbin, CASE WHEN pg_catalog.strpos(d.adbin::text, '{VAR ') > 0 THEN d.adrelid ELSE 0 END)
            FROM pg_catalog.pg_attrdef d
            JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE d.adrelid IN (SELECT c.oid FROM \(source.relations()))
            """
        ) { row in
            guard let place = places[row.number(0)], let position = numbers[place].position(of: row.number(1)) else {
                return
            }
            let expression = row.text(3, &texts)
            if row.isTrue(2) {
                tables[place].columns[position].generated = expression
            } else {
                tables[place].columns[position].default = expression
            }
        }
    }

    mutating func readParents() throws(PostgresError) {
        try source.forEach(
            \.relations,
            """
            SELECT i.inhrelid, i.inhparent FROM pg_catalog.pg_inherits i
            WHERE i.inhrelid IN (SELECT c.oid FROM \(source.relations()))
            ORDER BY i.inhrelid, i.inhseqno
            """
        ) { row in
            guard let place = places[row.number(0)], let parent = name(of: row.number(1)) else { return }
            tables[place].parents.append(parent)
        }
    }

    mutating func readViews() throws(PostgresError) {
        try source.forEach(
            \.relations, "SELECT c.oid, pg_catalog.pg_get_viewdef(c.oid) FROM \(source.relations("'v', 'm'"))"
        ) { row in
            if let place = places[row.number(0)] { tables[place].definition = row.text(1) }
        }
    }

    mutating func readComments() throws(PostgresError) {
        try source.forEach(
            \.relations,
            """
            SELECT d.objoid, d.objsubid, d.description FROM pg_catalog.pg_description d
            WHERE d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
             AND d.objoid IN (SELECT c.oid FROM \(source.relations()))
            """
        ) { row in
            guard let place = places[row.number(0)] else { return }
            let number: Int16 = row.number(1)
            if number == 0 {
                tables[place].comment = row.text(2)
            } else if let position = numbers[place].position(of: number) {
                tables[place].columns[position].comment = row.text(2)
            }
        }
    }

    /// Reads the privileges on tables and columns, one text per role: `reader=INSERT*,SELECT(email)`, where `*` means
    /// WITH GRANT OPTION. The owner's privileges are omitted, because the owner differs between databases.
    mutating func readPrivileges() throws(PostgresError) {
        try source.forEach(
            \.relations,
            """
            SELECT g.oid, CASE g.grantee WHEN 0 THEN 'PUBLIC'
                               ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END || '='
                          || pg_catalog.string_agg(DISTINCT g.privilege, ',' ORDER BY g.privilege)
            FROM (
                SELECT c.oid, c.relowner, e.grantee,
                       (e.privilege_type || CASE WHEN e.is_grantable THEN '*' ELSE '' END) COLLATE "C" AS privilege
                FROM \(source.relations()) CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) e
                UNION ALL
                SELECT c.oid, c.relowner, e.grantee,
                       (e.privilege_type || '(' || pg_catalog.quote_ident(a.attname) || ')'
                        || CASE WHEN e.is_grantable THEN '*' ELSE '' END) COLLATE "C"
                FROM \(source.relations())
                JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
                CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) e
            ) g
            WHERE g.grantee <> g.relowner
            GROUP BY g.oid, g.grantee
            """
        ) { row in
            guard let place = places[row.number(0)], let grant = row.text(1) else { return }
            tables[place].privileges?.append(grant)
        }
        for place in tables.indices { tables[place].privileges?.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
    }
}

extension [Int16] {
    /// The index of the column with this attribute number; nil when there is none.
    func position(of number: Int16) -> Int? {
        // Unless a column was dropped, the numbers are positions counted from 1.
        let guess = Int(number) - 1
        return indices.contains(guess) && self[guess] == number ? guess : firstIndex(of: number)
    }
}

extension Column.Identity {
    /// From `pg_attribute.attidentity`.
    init?(_ letter: UInt8) {
        switch letter {
        case UInt8(ascii: "a"): self = .always
        case UInt8(ascii: "d"): self = .byDefault
        default: return nil
        }
    }
}
