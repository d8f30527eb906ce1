import Text

extension RestorationBuilder {
    // MARK: Constraints

    mutating func restoreConstraint(
        _ discrepancy: Discrepancy, of table: TableName, _ targets: [RestorationScript.Target]
    ) {
        guard let other = live.table(table) else { return }
        let owner = expected.table(table)
        var (wanted, present): (Constraint?, Constraint?) = (nil, nil)
        if case .constraint(let left, let right) = discrepancy.subject { (wanted, present) = (left, right) }
        // The side that was compared may lack its definitions.
        wanted = wanted.flatMap { wanted in
            owner?.constraints.first { $0.name.hasSameBytes(as: wanted.name) && $0.kind == wanted.kind }
        }
        let relation = name(table)
        switch discrepancy.kind {
        case .constraintNotValidated:
            add(
                Draft(
                    rank: .constraint, notes: wanted.map { violations($0, table) } ?? [],
                    statements: ["ALTER TABLE \(relation) VALIDATE CONSTRAINT \(quoted(discrepancy.path.name));"],
                    resolves: targets, table: table))
        case .constraintName:
            guard let wanted, let present else { return }
            add(
                Draft(
                    rank: .rename,
                    statements: [
                        "ALTER TABLE \(relation) RENAME CONSTRAINT \(quoted(present.name)) TO \(quoted(wanted.name));"
                    ], resolves: targets, table: table))
        default:
            guard let wanted else { return }
            add(wanted, to: other, replacing: present, targets)
        }
    }

    private mutating func add(
        _ constraint: Constraint, to table: Table, replacing present: Constraint?,
        _ targets: [RestorationScript.Target]
    ) {
        let place = table.qualifiedName
        let start = "ALTER TABLE \(name(place))"
        var draft = constraintDraft(constraint, of: place, targets)
        var action = "ADD CONSTRAINT \(quoted(constraint.name)) \(constraint.definition)"
        let canWait = constraint.kind == .check || constraint.kind == .foreignKey && table.kind != .partitioned
        if canWait { action += " NOT VALID" }
        if let present { action = "DROP CONSTRAINT \(quoted(present.name)), " + action }
        draft.notes = violations(constraint, place)
        draft.statements = ["\(start) \(action);"]
        let validation = "\(start) VALIDATE CONSTRAINT \(quoted(constraint.name));"
        if canWait, constraint.isValidated {
            if let references = constraint.references, live.table(references) == nil {
                draft.notes = ["When the rows of \(name(references)) are back, from a backup:", validation]
            } else {
                draft.statements.append(validation)
            }
        }
        let isReplaced = present?.name.hasSameBytes(as: constraint.name) ?? false
        let keys = present.map { foreignKeys(to: $0, of: table) } ?? []
        if !keys.isEmpty {
            draft.notes.append(
                "\(keys.joined(separator: ", ")) refer to it: drop them, run the next line, and add them again.")
            draft.notes += draft.statements
            draft.statements = []
        } else if !isReplaced, constraint.kind.hasIndex, taken.contains(QualifiedName(table.schema, constraint.name)) {
            takeOver(constraint, table, start, &draft)
        } else if !isReplaced, table.constraints.contains(where: { $0.name.hasSameBytes(as: constraint.name) }) {
            draft.notes.append("Another constraint has its name: rename that one first, then:")
            draft.notes += draft.statements
            draft.statements = []
        }
        add(draft, providing: constraint.kind.hasIndex ? [.keys(QualifiedName(place))] : [])
    }

    /// Uses the index that has the name of a constraint, where it is the index that the constraint needs.
    private func takeOver(_ constraint: Constraint, _ table: Table, _ start: String, _ draft: inout Draft) {
        let keys = "USING btree (\(constraint.columns.map(quoted).joined(separator: ", ")))"
        let index = table.indexes.first { $0.name.hasSameBytes(as: constraint.name) }
        if let index, index.isUnique, index.isValid, index.definition == keys, constraint.kind != .exclude,
            table.kind != .partitioned
        {
            let word = constraint.kind == .primaryKey ? "PRIMARY KEY" : "UNIQUE"
            draft.statements = [
                "\(start) ADD CONSTRAINT \(quoted(constraint.name)) \(word) USING INDEX \(quoted(constraint.name));"
            ]
        } else {
            draft.notes.append("Something else has its name: rename that first, then:")
            draft.notes += draft.statements
            draft.statements = []
        }
    }

    /// The draft for a constraint, with what it needs and without statements.
    private func constraintDraft(
        _ constraint: Constraint, of table: TableName, _ targets: [RestorationScript.Target]
    ) -> Draft {
        let rank: Rank =
            switch constraint.kind {
            case .primaryKey, .unique: .key
            case .check, .exclude: .constraint
            case .foreignKey: .foreignKey
            }
        var draft = Draft(rank: rank, resolves: targets, table: table)
        draft.references = NameReferences([constraint.definition])
        if let references = constraint.references { draft.needs.insert(.keys(QualifiedName(references))) }
        return draft
    }

    /// How to find the rows that a constraint refuses.
    private func violations(_ constraint: Constraint, _ table: TableName) -> [String] {
        let relation = name(table)
        switch constraint.kind {
        case .primaryKey, .unique:
            let columns = constraint.columns.map(quoted)
            return duplicates(of: columns, in: relation, filter: nil)
        case .check:
            guard let open = constraint.definition.firstIndex(of: "("),
                let close = constraint.definition.lastIndex(of: ")")
            else { return [] }
            let condition = constraint.definition[open...close]
            return [
                "VALIDATE fails while rows break the rule. How many there are:",
                "SELECT count(*) FROM \(relation) WHERE NOT \(condition);",
            ]
        case .foreignKey: return ["VALIDATE fails while rows refer to a row that does not exist."]
        case .exclude: return ["This fails while two rows exclude each other."]
        }
    }

    private func duplicates(of keys: [String], in relation: String, filter: String?) -> [String] {
        let list = keys.joined(separator: ", ")
        let conditions = keys.map { "\($0) IS NOT NULL" } + (filter.map { ["(\($0))"] } ?? [])
        return [
            "This fails while there are duplicates. What they are:",
            """
            SELECT \(list), count(*) FROM \(relation) WHERE \(conditions.joined(separator: " AND ")) GROUP BY \(list) \
            HAVING count(*) > 1;
            """,
        ]
    }

    /// The live foreign keys that keep a constraint from being dropped.
    private func foreignKeys(to constraint: Constraint, of table: Table) -> [String] {
        guard constraint.kind == .primaryKey || constraint.kind == .unique else { return [] }
        let columns = "(\(constraint.columns.map(quoted).joined(separator: ", ")))"
        let place = table.qualifiedName
        return live.catalog.tables.flatMap { other in
            other.constraints.compactMap { key in
                guard key.kind == .foreignKey, !key.isInherited, key.references.hasSameBytes(as: place),
                    key.definition.contains("REFERENCES \(place.sql())\(columns)")
                else { return nil }
                return name(other.qualifiedName) + "." + quoted(key.name)
            }
        }
    }

    /// The foreign keys of a table that was created.
    mutating func addForeignKeys(of table: Table, _ targets: [RestorationScript.Target]) -> [Int] {
        table.constraints.filter { $0.kind == .foreignKey && !$0.isInherited }.map { constraint in
            var draft = constraintDraft(constraint, of: table.qualifiedName, targets)
            draft.statements = [
                """
                ALTER TABLE \(name(table.qualifiedName)) ADD CONSTRAINT \(quoted(constraint.name)) \
                \(DefinitionText.constraint(constraint));
                """
            ]
            return add(draft)
        }
    }

    // MARK: Indexes

    mutating func restoreIndex(
        _ discrepancy: Discrepancy, of table: TableName, _ targets: [RestorationScript.Target]
    ) {
        guard let other = live.table(table) else { return }
        var (wanted, present): (Index?, Index?) = (nil, nil)
        if case .index(let left, let right) = discrepancy.subject { (wanted, present) = (left, right) }
        wanted = wanted.flatMap { wanted in
            expected.table(table)?.indexes.first { $0.name.hasSameBytes(as: wanted.name) }
        }
        let old = present.map { name(TableName(schema: table.schema, name: $0.name)) } ?? ""
        var draft = Draft(rank: .index, resolves: targets, table: table)
        switch discrepancy.kind {
        case .indexInvalid:
            if wanted != nil || expected.catalog.tables.isEmpty {
                draft.notes = ["A unique index fails again while there are duplicates. Not in a transaction:"]
                draft.statements = ["REINDEX INDEX CONCURRENTLY \(old);"]
            } else {
                draft.notes = ["A failed CREATE INDEX CONCURRENTLY left it behind. Not in a transaction:"]
                draft.statements = ["DROP INDEX CONCURRENTLY \(old);"]
            }
            add(draft, providing: present?.isUnique == true ? [.keys(QualifiedName(table))] : [])
            return
        case .indexName:
            guard let wanted else { return }
            draft.statements = ["ALTER INDEX \(old) RENAME TO \(quoted(wanted.name));"]
            add(draft)
            return
        default: break
        }
        guard let wanted else { return }
        draft.references = NameReferences([wanted.definition])
        if wanted.isUnique { draft.notes = duplicates(of: wanted, in: table) }
        let isPartitioned = other.kind == .partitioned
        if let present {
            draft.statements = replace(present, wanted, other, isPartitioned: isPartitioned)
        } else if taken.contains(QualifiedName(table.schema, wanted.name)) {
            draft.notes += ["Something else has its name: rename that first, then:", create(wanted, on: other)]
        } else {
            draft.statements = [create(wanted, on: other, isConcurrent: !isPartitioned)]
        }
        if !isPartitioned, !draft.statements.isEmpty {
            draft.notes.append("Without blocking writes; not in a transaction:")
        }
        add(draft, providing: wanted.isUnique ? [.keys(QualifiedName(table))] : [])
    }

    /// Creates the index beside the present one, so that the table always has one of them.
    private mutating func replace(_ present: Index, _ wanted: Index, _ table: Table, isPartitioned: Bool) -> [String] {
        let old = name(TableName(schema: table.schema, name: present.name))
        if isPartitioned {
            return ["BEGIN;", "DROP INDEX \(old);", create(wanted, on: table), "COMMIT;"]
        }
        if !present.name.hasSameBytes(as: wanted.name) {
            return [create(wanted, on: table, isConcurrent: true), "DROP INDEX CONCURRENTLY \(old);"]
        }
        var copy = wanted
        copy.name = temporaryName(wanted.name, in: table.schema)
        let new = name(TableName(schema: table.schema, name: copy.name))
        return [
            create(copy, on: table, isConcurrent: true), "DROP INDEX CONCURRENTLY \(old);",
            "ALTER INDEX \(new) RENAME TO \(quoted(wanted.name));",
        ]
    }

    /// A free name of at most 63 bytes.
    private mutating func temporaryName(_ name: String, in schema: String) -> String {
        var stem = name[...]
        while stem.utf8.count > 56 { stem.removeLast() }
        var result = stem + "_new"
        var number = 1
        while taken.contains(QualifiedName(schema, String(result))) {
            number += 1
            result = stem + "_new\(number)"
        }
        return String(result)
    }

    func create(_ index: Index, on table: Table, isConcurrent: Bool = false) -> String {
        """
        CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(isConcurrent ? "CONCURRENTLY " : "")\(quoted(index.name)) \
        ON \(name(table.qualifiedName)) \(index.definition);
        """
    }

    /// How to find duplicates, where the keys of the index are columns.
    private func duplicates(of index: Index, in table: TableName) -> [String] {
        guard let open = index.definition.firstIndex(of: "("), let close = index.definition.firstIndex(of: ")") else {
            return []
        }
        let keys = index.definition[index.definition.index(after: open)..<close].split(separator: ",").map {
            $0.split(separator: " ").first.map(String.init) ?? ""
        }
        guard keys.allSatisfy({ key in !key.isEmpty && !key.contains("(") }) else {
            return ["This fails while there are duplicates."]
        }
        let filter = index.definition.range(ofWord: " WHERE ").map { String(index.definition[$0...]) }
        return duplicates(of: keys, in: name(table), filter: filter)
    }

    // MARK: Triggers and policies

    mutating func restore(
        _ trigger: Trigger, of table: Table, present: Trigger?, _ targets: [RestorationScript.Target]
    ) {
        add(draft(trigger, of: table, present: present, targets))
    }

    mutating func restore(_ policy: Policy, of table: Table, present: Policy?, _ targets: [RestorationScript.Target]) {
        add(draft(policy, of: table, present: present, targets))
    }

    func draft(
        _ trigger: Trigger, of table: Table, present: Trigger?, _ targets: [RestorationScript.Target]
    ) -> Draft {
        let (relation, name) = (name(table.qualifiedName), quoted(trigger.name))
        var draft = Draft(rank: .trigger, resolves: targets, table: table.qualifiedName)
        draft.references = NameReferences([trigger.definition])
        let state =
            switch trigger.state {
            case .origin: "ENABLE TRIGGER"
            case .disabled: "DISABLE TRIGGER"
            case .replica: "ENABLE REPLICA TRIGGER"
            case .always: "ENABLE ALWAYS TRIGGER"
            }
        let setState = "ALTER TABLE \(relation) \(state) \(name);"
        if let present, present.definition.hasSameBytes(as: trigger.definition) {
            draft.statements = [setState]
            return draft
        }
        draft.statements = [trigger.definition + ";"] + (trigger.state == .origin ? [] : [setState])
        if present != nil {
            draft.statements = ["BEGIN;", "DROP TRIGGER \(name) ON \(relation);"] + draft.statements + ["COMMIT;"]
        }
        return draft
    }

    func draft(_ policy: Policy, of table: Table, present: Policy?, _ targets: [RestorationScript.Target]) -> Draft {
        let (relation, name) = (name(table.qualifiedName), quoted(policy.name))
        let roles = policy.roles.map { $0 == "public" ? "PUBLIC" : quoted($0) }.joined(separator: ", ")
        var text = "CREATE POLICY \(name) ON \(relation) AS \(policy.isPermissive ? "PERMISSIVE" : "RESTRICTIVE")"
        text += " FOR \(policy.command) TO \(roles)"
        if let using = policy.using { text += " USING (\(using))" }
        if let check = policy.check { text += " WITH CHECK (\(check))" }
        var draft = Draft(rank: .trigger, statements: [text + ";"], resolves: targets, table: table.qualifiedName)
        draft.references = NameReferences([policy.using, policy.check])
        if present != nil {
            draft.statements = ["BEGIN;", "DROP POLICY \(name) ON \(relation);"] + draft.statements + ["COMMIT;"]
        }
        return draft
    }

    func rowSecurity(of table: Table) -> String {
        let actions =
            switch table.rowSecurity {
            case .off: "DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY"
            case .enabled: "ENABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY"
            case .forced: "ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
            }
        return "ALTER TABLE \(name(table.qualifiedName)) \(actions);"
    }
}

extension String {
    /// The end of the first occurrence; nil where there is none.
    fileprivate func range(ofWord needle: String) -> String.Index? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
