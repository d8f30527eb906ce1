import Schema

/// Generates constraints.
extension PairDraft {
    mutating func primaryKey(_ table: inout TableDraft) -> String {
        let list = table.key.map(\.quoted).joined(separator: ", ")
        let (clause, name) = constraintName("pk")
        if let name { proposeDrop(of: name, "primary key", on: table) }
        return "\(clause)PRIMARY KEY (\(list))"
    }

    mutating func unique(_ table: inout TableDraft) -> String? {
        // One on the primary key's columns would be taken for the primary key.
        let fit = table.columns.filter {
            ($0.kind.family == .integer || $0.kind.family == .text) && !table.key.contains($0.name)
        }
        guard let column = fit.randomElement(using: &random) else { return nil }
        let others = table.isPartitioned ? table.partitionKey : random.oneIn(2) ? [table.columns[0].name] : []
        let columns = [column.name] + others.filter { $0 != column.name }
        for column in columns { table.use(column) }
        let (clause, name) = constraintName("uq")
        let list = columns.map(\.quoted).joined(separator: ", ")
        let tail = random.pick(["", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"])
        let nulls = random.oneIn(5) ? " NULLS NOT DISTINCT" : ""
        if let name {
            proposeDrop(of: name, "unique", on: table)
            proposeRename(of: name, on: table)
            let alter = "ALTER TABLE \(table.name.quoted)"
            propose(
                "change unique",
                [
                    "\(alter) DROP CONSTRAINT \(name.quoted)",
                    "\(alter) ADD CONSTRAINT \(name.quoted) UNIQUE\(nulls) (\(list))\(tail.isEmpty ? " DEFERRABLE" : "")",
                ], touching: [table.name.subject(name)], [.init(.constraint, table.name.shown(name))])
        }
        return "\(clause)UNIQUE\(nulls) (\(list))\(tail)"
    }

    mutating func check(_ table: inout TableDraft) -> String? {
        guard let first = condition(&table) else { return nil }
        var expression = first
        if random.oneIn(3), let other = condition(&table) {
            expression = "(\(expression)) \(random.pick(["AND", "OR"])) (\(other))"
        } else if let function = functions.first, random.oneIn(4) {
            expression = "(\(expression)) OR \(function)(2) > 1"
        }
        let (clause, name) = constraintName("ck")
        guard let name else { return "CHECK (\(expression))" }
        proposeDrop(of: name, "check", on: table)
        proposeRename(of: name, on: table)
        let alter = "ALTER TABLE \(table.name.quoted)"
        let drop = "\(alter) DROP CONSTRAINT \(name.quoted)"
        let subject = [table.name.subject(name)]
        propose(
            "change check", [drop, "\(alter) ADD CONSTRAINT \(name.quoted) CHECK (5 > 4)"], touching: subject,
            [.init(.constraint, table.name.shown(name))])
        propose(
            "negate check", [drop, "\(alter) ADD CONSTRAINT \(name.quoted) CHECK (NOT (\(expression)))"],
            touching: subject, [.init(.constraint, table.name.shown(name))])
        propose(
            "check not valid", [drop, "\(alter) ADD CONSTRAINT \(name.quoted) CHECK (\(expression)) NOT VALID"],
            touching: subject, [.init(.constraintNotValidated, table.name.shown(name))])
        return "\(clause)CHECK (\(expression))"
    }

    /// A condition on one column, which is marked as used.
    mutating func condition(_ table: inout TableDraft) -> String? {
        let column = random.pick(table.columns)
        guard !column.isGenerated, let condition = column.kind.condition(on: column.name.quoted, &random) else {
            return nil
        }
        table.use(column.name)
        return condition
    }

    mutating func exclusion(_ table: inout TableDraft) -> String? {
        guard !table.isPartitioned else { return nil }
        var element: String?
        if let range = table.columns.first(where: { $0.kind.family == .range }) {
            table.use(range.name)
            element = "USING gist (\(range.name.quoted) WITH &&)"
        } else if let number = table.columns.first(where: { $0.kind.family == .integer && !$0.isGenerated }) {
            table.use(number.name)
            element = random.pick([
                "USING gist (int8range(\(number.name.quoted), \(number.name.quoted) + 10) WITH &&)",
                "USING btree (\(number.name.quoted) WITH =)", "USING hash (\(number.name.quoted) WITH =)",
            ])
        }
        guard let element else { return nil }
        let predicate = random.oneIn(2) ? condition(&table).map { " WHERE (\($0))" } ?? "" : ""
        let (clause, name) = constraintName("ex")
        if let name {
            proposeDrop(of: name, "exclusion", on: table)
            proposeRename(of: name, on: table)
        }
        return "\(clause)EXCLUDE \(element)\(predicate)"
    }

    private mutating func proposeDrop(of name: String, _ kind: String, on table: TableDraft) {
        propose(
            "drop \(kind)", ["ALTER TABLE \(table.name.quoted) DROP CONSTRAINT \(name.quoted)"],
            touching: [table.name.subject(name)], [.init(.missingConstraint, table.name.shown(name))])
    }

    private mutating func proposeRename(of name: String, on table: TableDraft) {
        let other = plainName("renamed")
        propose(
            "rename constraint", ["ALTER TABLE \(table.name.quoted) RENAME CONSTRAINT \(name.quoted) TO \(other)"],
            touching: [table.name.subject(name)], [.init(.constraintName, table.name.shown(other))])
    }

    mutating func makeForeignKeys() {
        for index in tables.indices where random.oneIn(2) && !tables[index].isPartition {
            let targets = tables.indices.filter { tables[$0].key.count == 1 && tables[$0].parent == nil }
            guard let target = targets.randomElement(using: &random) else { continue }
            // An unlogged table and a lasting one have no foreign keys to each other.
            if tables[index].isUnlogged || tables[target].isUnlogged { continue }
            let keyColumn = tables[target].columns[0]
            let fit = tables[index].columns.filter {
                !$0.isGenerated && $0.identity == nil && $0.collation == nil
                    && ($0.kind.family == .integer) == (keyColumn.kind.family == .integer)
                    && ($0.kind.family == .integer || $0.kind.type == keyColumn.kind.type)
            }
            guard let column = fit.randomElement(using: &random) else { continue }
            makeForeignKey(from: index, column.name, to: target, keyColumn.name)
        }
    }

    private mutating func makeForeignKey(from index: Int, _ column: String, to target: Int, _ key: String) {
        let table = tables[index].name
        let reference = "FOREIGN KEY (\(column.quoted)) REFERENCES \(tables[target].name.quoted) (\(key.quoted))"
        let tail = random.pick([
            "", " ON DELETE CASCADE", " ON UPDATE CASCADE ON DELETE SET NULL", " ON DELETE RESTRICT", " MATCH FULL",
            " DEFERRABLE INITIALLY DEFERRED", " ON DELETE SET DEFAULT (\(column.quoted))",
        ])
        let (clause, name) = constraintName("fk")
        step(.foreignKeys, "ALTER TABLE \(table.quoted) ADD \(clause)\(reference)\(tail)")
        tables[index].use(column)
        for one in [index, target] { tables[one].foreignKeys += 1 }
        tables[target].isUsed = true
        // Neither a primary key nor a partition can be dropped while it is referred to.
        changes.removeAll { change in
            ["drop primary key", "drop partition"].contains(change.name)
                && change.subjects.contains { $0.starts(with: tables[target].name.subject()) }
        }
        guard let name else { return }
        let drop = "ALTER TABLE \(table.quoted) DROP CONSTRAINT \(name.quoted)"
        let subject = [table.subject(name), tables[target].name.subject()]
        propose("drop foreign key", [drop], touching: subject, [.init(.missingConstraint, table.shown(name))])
        let other = tail == " ON DELETE CASCADE" ? " ON UPDATE CASCADE" : " ON DELETE CASCADE"
        let add = "ALTER TABLE \(table.quoted) ADD CONSTRAINT \(name.quoted) \(reference)"
        propose("change foreign key", [drop, add + other], touching: subject, [.init(.constraint, table.shown(name))])
        if !tables[index].isPartitioned {
            propose(
                "foreign key not valid", [drop, "\(add)\(tail) NOT VALID"], touching: subject,
                [.init(.constraintNotValidated, table.shown(name))])
        }
        proposeRename(of: name, on: tables[index])
    }
}
