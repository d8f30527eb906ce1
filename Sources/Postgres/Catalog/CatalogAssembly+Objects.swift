import Schema

/// Reads schemas, extensions, sequences and routines.
extension CatalogAssembly {
    mutating func readSchemas() throws(PostgresError) {
        try source.session.forEach(
            """
            SELECT n.nspname FROM pg_catalog.pg_namespace n
            WHERE \(CatalogSQL.isUserSchema) AND n.oid NOT IN \(CatalogSQL.members(of: "pg_namespace"))
            ORDER BY n.nspname
            """
        ) { row in schemas.append(row.name(0, &texts)) }
    }

    mutating func readExtensions() throws(PostgresError) {
        try source.session.forEach(
            """
            SELECT x.extname, x.extversion, n.nspname FROM pg_catalog.pg_extension x
            JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace
            ORDER BY x.extname
            """
        ) { row in
            extensions.append(
                Extension(name: row.name(0, &texts), version: row.name(1, &texts), schema: row.name(2, &texts)))
        }
    }

    /// The sequence of an identity column has an internal dependency on the column and becomes part of it. A sequence
    /// that a column owns has an automatic dependency.
    mutating func readSequences() throws(PostgresError) {
        try source.forEach(
            \.relations,
            """
            SELECT n.nspname, c.relname, pg_catalog.format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin,
                   s.seqmax, s.seqcache, s.seqcycle, d.refobjid, a.attname,
                   d.deptype = 'i', a.attnum, c.oid
            FROM \(source.relations("'S'"))
            JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
            LEFT JOIN pg_catalog.pg_depend d
             ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.objsubid = 0
              AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0
              AND d.deptype IN ('a', 'i')
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            ORDER BY n.nspname, c.relname
            """
        ) { row in
            var sequence = Sequence(
                schema: row.name(0, &texts), name: row.name(1, &texts), type: row.name(2, &texts),
                start: row.number(3), increment: row.number(4), minimum: row.number(5), maximum: row.number(6),
                cache: row.number(7), cycles: row.isTrue(8))
            let oid: UInt32 = row.number(13)
            if row.isTrue(11) {
                identityTables[oid] = row.number(9)
                guard let place = places[row.number(9)], let position = numbers[place].position(of: row.number(12))
                else { return }
                tables[place].columns[position].identityOptions = sequence.identityOptions
                return
            }
            let column = row.text(10, &texts)
            sequence.owner = name(of: row.number(9)).flatMap { table in
                column.map { Sequence.Owner(table: table, column: $0) }
            }
            sequences.append((oid, sequence))
        }
    }

    /// Skips the constructors of range types, which have an internal dependency on the type.
    mutating func readRoutines() throws(PostgresError) {
        try source.forEach(
            \.routines,
            """
            SELECT n.nspname,
                   pg_catalog.quote_ident(p.proname) || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')',
                   p.prokind,
                   \(definition("CASE p.prokind WHEN 'a' THEN (\(Self.aggregate)) ELSE pg_catalog.pg_get_functiondef(p.oid) END")),
                   p.oid
            FROM pg_catalog.pg_proc p
            JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace AND \(CatalogSQL.isUserSchema)
            WHERE NOT EXISTS (
                SELECT FROM pg_catalog.pg_depend e
                WHERE e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND e.objid = p.oid
                 AND e.deptype IN ('e', 'i'))\(source.only("p.oid"))
            ORDER BY n.nspname, p.proname
            """
        ) { row in
            routines.append(
                (
                    row.number(4),
                    Routine(
                        schema: row.name(0, &texts), signature: row.name(1, &texts), kind: Routine.Kind(row.letter(2)),
                        definition: row.text(3))
                ))
        }
    }

    /// Builds `CREATE AGGREGATE` from `pg_aggregate`, because PostgreSQL has no function for it.
    private static let aggregate = {
        func function(_ word: String, _ column: String) -> String {
            "'\(word) = ' || NULLIF(g.\(column)::oid, 0)::pg_catalog.regprocedure::text"
        }
        func modify(_ word: String, _ function: String, _ column: String) -> String {
            """
            CASE WHEN g.\(function)::oid <> 0 THEN
                '\(word) = ' || CASE g.\(column) WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END
            END
            """
        }
        let parts = [
            function("SFUNC", "aggtransfn"), "'STYPE = ' || pg_catalog.format_type(g.aggtranstype, NULL)",
            "'SSPACE = ' || NULLIF(g.aggtransspace, 0)", function("FINALFUNC", "aggfinalfn"),
            "CASE WHEN g.aggfinalextra THEN 'FINALFUNC_EXTRA' END",
            modify("FINALFUNC_MODIFY", "aggfinalfn", "aggfinalmodify"), function("COMBINEFUNC", "aggcombinefn"),
            function("SERIALFUNC", "aggserialfn"), function("DESERIALFUNC", "aggdeserialfn"),
            "'INITCOND = ' || pg_catalog.quote_literal(g.agginitval)", function("MSFUNC", "aggmtransfn"),
            function("MINVFUNC", "aggminvtransfn"),
            "'MSTYPE = ' || pg_catalog.format_type(NULLIF(g.aggmtranstype, 0), NULL)",
            "'MSSPACE = ' || NULLIF(g.aggmtransspace, 0)", function("MFINALFUNC", "aggmfinalfn"),
            "CASE WHEN g.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END",
            modify("MFINALFUNC_MODIFY", "aggmfinalfn", "aggmfinalmodify"),
            "'MINITCOND = ' || pg_catalog.quote_literal(g.aggminitval)",
            "'SORTOP = ' || NULLIF(g.aggsortop, 0)::pg_catalog.regoperator::text",
            "CASE p.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END",
            "CASE g.aggkind WHEN 'h' THEN 'HYPOTHETICAL' END",
        ]
        return """
            SELECT 'CREATE AGGREGATE ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname)
                   || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ') ('
                   || pg_catalog.concat_ws(', ', \(parts.joined(separator: ", "))) || ')'
            FROM pg_catalog.pg_aggregate g WHERE g.aggfnoid = p.oid
            """
    }()
}

extension Routine.Kind {
    /// From `pg_proc.prokind`; a window function counts as a function.
    fileprivate init(_ letter: UInt8) {
        switch letter {
        case UInt8(ascii: "p"): self = .procedure
        case UInt8(ascii: "a"): self = .aggregate
        default: self = .function
        }
    }
}

extension Sequence {
    /// The options of an identity column's sequence that differ from the defaults (PostgreSQL's manual, CREATE
    /// SEQUENCE); nil when there are none.
    fileprivate var identityOptions: String? {
        let least: Int64 = type == "smallint" ? -32_768 : type == "integer" ? -2_147_483_648 : .min
        let most = -(least + 1)
        let isAscending = increment > 0
        let options: [(String, Bool)] = [
            ("START WITH \(start)", start != (isAscending ? minimum : maximum)),
            ("INCREMENT BY \(increment)", increment != 1),
            ("MINVALUE \(minimum)", minimum != (isAscending ? 1 : least)),
            ("MAXVALUE \(maximum)", maximum != (isAscending ? most : -1)),
            ("CACHE \(cache)", cache != 1), ("CYCLE", cycles),
        ]
        let given = options.filter(\.1).map(\.0)
        return given.isEmpty ? nil : given.joined(separator: " ")
    }
}
