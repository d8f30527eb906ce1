import Schema

/// Reads the constraints, indexes, triggers and policies of tables.
extension CatalogAssembly {
    /// A foreign key to a partitioned table has a hidden constraint on the same table for each partition; those are
    /// skipped. NOT NULL constraints, which PostgreSQL 18 stores here, belong to columns; constraint triggers are
    /// triggers.
    mutating func readConstraints() throws(PostgresError) {
        try source.forEach(
            \.relations,
            """
            SELECT k.conrelid, k.conname, k.contype, k.conkey, k.convalidated, k.conislocal, k.confrelid,
                   \(definition("pg_catalog.pg_get_constraintdef(k.oid)"))
            FROM pg_catalog.pg_constraint k
            WHERE k.contype IN ('p', 'u', 'c', 'f', 'x')
             AND k.conrelid IS DISTINCT FROM (
                 SELECT p.conrelid FROM pg_catalog.pg_constraint p WHERE k.conparentid <> 0 AND p.oid = k.conparentid)
             AND k.conrelid IN (SELECT c.oid FROM \(source.relations()))
            """
        ) { row in
            guard let place = places[row.number(0)], let kind = Constraint.Kind(row.letter(2)) else { return }
            let isValidated = row.isTrue(4)
            tables[place].constraints.append(
                Constraint(
                    name: row.name(1, &texts), kind: kind,
                    columns: row.numbers(3).compactMap { number in
                        numbers[place].position(of: number).map { tables[place].columns[$0].name }
                    },
                    definition: row.withBytes(7) {
                        texts.text($0.extracting(isValidated ? 0..<$0.count : $0.withoutNotValid))
                    },
                    isValidated: isValidated, references: name(of: row.number(6)), isInherited: !row.isTrue(5)))
        }
        for place in tables.indices {
            tables[place].constraints.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    /// Skips the indexes of constraints.
    mutating func readIndexes() throws(PostgresError) {
        try source.forEach(
            \.relations,
            """
            SELECT i.indrelid, x.relname, i.indisunique, i.indisvalid, x.relispartition,
                   \(definition("pg_catalog.pg_get_indexdef(i.indexrelid)"))
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
            WHERE i.indrelid IN (SELECT c.oid FROM \(source.relations()))
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
                             WHERE k.conrelid = i.indrelid AND k.conindid = i.indexrelid
                              AND k.contype IN ('p', 'u', 'x'))
            """
        ) { row in
            guard let place = places[row.number(0)] else { return }
            tables[place].indexes.append(
                Index(
                    name: row.name(1, &texts), definition: row.withBytes(5) { texts.text($0.extracting($0.fromUsing)) },
                    isUnique: row.isTrue(2), isValid: row.isTrue(3), isInherited: row.isTrue(4)))
        }
        for place in tables.indices {
            tables[place].indexes.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    /// Before version 15 the triggers that partitions inherit are marked internal.
    mutating func readTriggers() throws(PostgresError) {
        let inherited = source.session.serverVersion < 150_000 ? "OR t.tgparentid <> 0" : ""
        try source.forEach(
            \.relations,
            """
            SELECT t.tgrelid, t.tgname, t.tgenabled, t.tgparentid <> 0,
                   \(definition("pg_catalog.pg_get_triggerdef(t.oid)"))
            FROM pg_catalog.pg_trigger t
            WHERE (NOT t.tgisinternal \(inherited))
             AND t.tgrelid IN (SELECT c.oid FROM \(source.relations()))
            """
        ) { row in
            guard let place = places[row.number(0)] else { return }
            tables[place].triggers.append(
                Trigger(
                    name: row.name(1, &texts), definition: row.text(4) ?? "", state: Trigger.State(row.letter(2)),
                    isInherited: row.isTrue(3)))
        }
        for place in tables.indices {
            tables[place].triggers.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    /// The query returns one row per role of a policy.
    mutating func readPolicies() throws(PostgresError) {
        var last: UInt32 = 0
        try source.forEach(
            \.relations,
            """
            SELECT p.polrelid, p.oid, p.polname, p.polpermissive, p.polcmd,
                   CASE role WHEN 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(role) END,
                   \(definition("pg_catalog.pg_get_expr(p.polqual, p.polrelid)")),
                   \(definition("pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)"))
            FROM pg_catalog.pg_policy p CROSS JOIN LATERAL pg_catalog.unnest(p.polroles) AS role
            WHERE p.polrelid IN (SELECT c.oid FROM \(source.relations()))
            ORDER BY p.oid
            """
        ) { row in
            guard let place = places[row.number(0)] else { return }
            let (oid, role): (UInt32, String) = (row.number(1), row.name(5, &texts))
            if oid == last {
                tables[place].policies[tables[place].policies.count - 1].roles.append(role)
                return
            }
            last = oid
            tables[place].policies.append(
                Policy(
                    name: row.name(2, &texts), isPermissive: row.isTrue(3), command: Policy.command(row.letter(4)),
                    roles: [role], using: row.text(6), check: row.text(7)))
        }
        for place in tables.indices where !tables[place].policies.isEmpty {
            tables[place].policies.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            for policy in tables[place].policies.indices {
                tables[place].policies[policy].roles.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            }
        }
    }
}

extension Constraint.Kind {
    /// From `pg_constraint.contype`.
    fileprivate init?(_ letter: UInt8) {
        switch letter {
        case UInt8(ascii: "p"): self = .primaryKey
        case UInt8(ascii: "u"): self = .unique
        case UInt8(ascii: "c"): self = .check
        case UInt8(ascii: "f"): self = .foreignKey
        case UInt8(ascii: "x"): self = .exclude
        default: return nil
        }
    }
}

extension Trigger.State {
    /// From `pg_trigger.tgenabled`.
    fileprivate init(_ letter: UInt8) {
        switch letter {
        case UInt8(ascii: "D"): self = .disabled
        case UInt8(ascii: "R"): self = .replica
        case UInt8(ascii: "A"): self = .always
        default: self = .origin
        }
    }
}

extension Policy {
    /// From `pg_policy.polcmd`.
    fileprivate static func command(_ letter: UInt8) -> String {
        switch letter {
        case UInt8(ascii: "r"): "SELECT"
        case UInt8(ascii: "a"): "INSERT"
        case UInt8(ascii: "w"): "UPDATE"
        case UInt8(ascii: "d"): "DELETE"
        default: "ALL"
        }
    }
}
