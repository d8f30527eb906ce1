import Text

extension RestorationBuilder {
    // MARK: Missing tables and views

    mutating func create(_ table: Table, _ targets: [RestorationScript.Target] = []) {
        let node = Node.relation(QualifiedName(table.qualifiedName))
        if wasCreated(node, targets) { return }
        created[node] = []
        guard table.kind != .foreign else {
            note(
                "\(name(table.qualifiedName)) is a foreign table: its server and options are in the revision that created it.",
                table, targets)
            return
        }
        var draft = table.isView ? view(table, targets) : relation(table, targets)
        draft.statements += table.indexes.filter { !$0.isInherited }.map { create($0, on: table) }
        draft.statements += comments(of: table)
        draft.references = references(of: table)
        createSchema(of: &draft, table.schema)
        let id = add(draft, providing: [node, .keys(QualifiedName(table.qualifiedName))])
        created[node]?.append(id)
        for parent in table.parents {
            need(.relation(QualifiedName(parent)), by: id)
            if live.table(parent) == nil, let parent = expected.table(parent) { create(parent, targets) }
        }
        addLaterParts(of: table, after: id, node, targets)
    }

    /// Adds what needs other objects than the table itself.
    private mutating func addLaterParts(
        of table: Table, after id: Int, _ node: Node, _ targets: [RestorationScript.Target]
    ) {
        var parts = addForeignKeys(of: table, targets)
        for constraint in table.constraints
        where constraint.kind == .check && !constraint.isValidated && !constraint.isInherited {
            var draft = Draft(rank: .constraint, resolves: targets, table: table.qualifiedName)
            draft.references = NameReferences([constraint.definition])
            draft.statements = [
                """
                ALTER TABLE \(name(table.qualifiedName)) ADD CONSTRAINT \(quoted(constraint.name)) \
                \(DefinitionText.constraint(constraint));
                """
            ]
            parts.append(add(draft))
        }
        for trigger in table.triggers where !trigger.isInherited {
            parts.append(add(draft(trigger, of: table, present: nil, targets)))
        }
        for policy in table.policies { parts.append(add(draft(policy, of: table, present: nil, targets))) }
        var rest = table.rowSecurity == .off ? [] : [rowSecurity(of: table)]
        rest += grants(table.privileges ?? [], on: table)
        if !rest.isEmpty {
            parts.append(
                add(Draft(rank: .other, statements: rest, resolves: targets, table: table.qualifiedName)))
        }
        created[node]? += parts
        for sequence in ownedSequences[QualifiedName(table.qualifiedName)] ?? [] {
            if let present = live.catalog.sequence(sequence.schema, sequence.name) {
                if present.owner != nil { continue }
                let ownership = own(sequence, targets)
                created[node]?.append(ownership)
            } else {
                create(sequence, targets)
            }
        }
        for part in partitions[QualifiedName(table.qualifiedName)] ?? [] where live.table(part.qualifiedName) == nil {
            create(part, targets)
        }
    }

    private func relation(_ table: Table, _ targets: [RestorationScript.Target]) -> Draft {
        var draft = Draft(rank: .relation, resolves: targets)
        var text = "CREATE \(table.isUnlogged ? "UNLOGGED " : "")TABLE \(name(table.qualifiedName))"
        let constraints = table.constraints.filter {
            $0.kind != .foreignKey && !$0.isInherited && ($0.kind != .check || $0.isValidated)
        }.map { "CONSTRAINT \(quoted($0.name)) \($0.definition)" }
        if let bound = table.partitionBound, let parent = table.parents.first {
            text += " PARTITION OF \(name(parent))"
            if !constraints.isEmpty { text += " (\(constraints.joined(separator: ", ")))" }
            text += " \(bound)"
        } else {
            let columns = table.columns.filter { !$0.isInherited }.map(definition)
            text += " (\((columns + constraints).joined(separator: ", ")))"
            if !table.parents.isEmpty { text += " INHERITS (\(table.parents.map(name).joined(separator: ", ")))" }
        }
        if let key = table.partitionKey { text += " PARTITION BY \(key)" }
        draft.statements = [text + ";"]
        return draft
    }

    private func definition(of column: Column) -> String {
        var text = quoted(column.name) + " " + type(of: column)
        if let source = DefinitionText.source(of: column) {
            text += column.default == nil ? " " + source : " DEFAULT " + source
        }
        return column.nullable ? text : text + " NOT NULL"
    }

    private func view(_ table: Table, _ targets: [RestorationScript.Target]) -> Draft {
        var draft = Draft(rank: .view, resolves: targets)
        if let definition = table.definition {
            draft.statements = [create(table, definition)]
        } else {
            draft.notes = ["Create \(name(table.qualifiedName)) as its revision defines it."]
        }
        return draft
    }

    private func create(_ view: Table, _ definition: String, orReplace: Bool = false) -> String {
        var definition = definition[...]
        while let last = definition.last, last == ";" || last.isWhitespace { definition.removeLast() }
        while definition.first?.isWhitespace == true { definition.removeFirst() }
        let word = view.kind == .materializedView ? "MATERIALIZED VIEW" : orReplace ? "OR REPLACE VIEW" : "VIEW"
        return "CREATE \(word) \(name(view.qualifiedName)) AS \(definition);"
    }

    /// The names that a table needs when it is created.
    private func references(of table: Table) -> NameReferences {
        var names = NameReferences([table.definition, table.partitionKey])
        for column in table.columns {
            if !table.isView { names.add(column.type) }
            names.add(column.default)
            names.add(column.generated)
            names.add(column.collation)
        }
        for constraint in table.constraints where constraint.kind != .foreignKey { names.add(constraint.definition) }
        for index in table.indexes { names.add(index.definition) }
        return names
    }

    // MARK: Views that differ

    mutating func changeView(_ table: Table, _ other: Table, _ targets: [RestorationScript.Target]) {
        guard let definition = table.definition else {
            note("Create \(name(table.qualifiedName)) again as its revision defines it.", table, targets)
            return
        }
        var draft = Draft(rank: .view, resolves: targets)
        draft.references = NameReferences([definition])
        let isReplaceable =
            table.kind == .view && table.columns.count >= other.columns.count
            && zip(table.columns, other.columns).allSatisfy {
                $0.name.hasSameBytes(as: $1.name) && $0.type.hasSameBytes(as: $1.type)
            }
        if isReplaceable {
            draft.statements = [create(table, definition, orReplace: true)]
        } else {
            let relation = name(table.qualifiedName)
            let word = table.kind == .materializedView ? "MATERIALIZED VIEW" : "VIEW"
            draft.statements = ["BEGIN;", "DROP \(word) \(relation);", create(table, definition)]
            // Those that are missing have statements of their own.
            let indexes = Set(other.indexes.map { ExactString($0.name) })
            let triggers = Set(other.triggers.map { ExactString($0.name) })
            draft.statements += table.indexes.filter { indexes.contains(ExactString($0.name)) }
                .map { create($0, on: table) }
            draft.statements += comments(of: table)
            draft.statements += table.triggers.filter { triggers.contains(ExactString($0.name)) }
                .map { $0.definition + ";" }
            draft.statements += grants(table.privileges ?? [], on: table) + ["COMMIT;"]
            draft.notes = ["Its columns differ, so it is created anew; privileges have to be granted again."]
            let users = views.filter { $0.names.qualified.contains(QualifiedName(table.qualifiedName)) }.map(\.view)
            if !users.isEmpty {
                draft.notes = [
                    """
                    Its columns differ, and \(users.map { name($0.qualifiedName) }.joined(separator: ", ")) use it: drop \
                    those, run the next lines, and create them again:
                    """
                ]
                draft.notes += draft.statements
                draft.statements = []
            }
        }
        add(draft, providing: [.relation(QualifiedName(table.qualifiedName))])
    }

    // MARK: Partitions and children

    mutating func changePartitioning(_ table: Table, _ other: Table, _ targets: [RestorationScript.Target]) {
        let relation = name(table.qualifiedName)
        var draft = Draft(rank: .other, resolves: targets, table: table.qualifiedName)
        let isSameKey = table.partitionKey.hasSameBytes(as: other.partitionKey)
        let isSamePlace =
            table.partitionBound.hasSameBytes(as: other.partitionBound) && table.parents.hasSameBytes(as: other.parents)
        if isSamePlace, !isSameKey {
            draft.notes = [
                """
                PostgreSQL cannot change the key of a partitioned table: create another one, partitioned by \
                \(table.partitionKey ?? "nothing"), and copy the rows.
                """
            ]
        } else {
            var statements: [String] = []
            if other.isPartition, let parent = other.parents.first {
                statements.append("ALTER TABLE \(name(parent)) DETACH PARTITION \(relation);")
            }
            if let bound = table.partitionBound, let parent = table.parents.first {
                statements.append("ALTER TABLE \(name(parent)) ATTACH PARTITION \(relation) \(bound);")
                draft.needs.insert(.relation(QualifiedName(parent)))
                draft.notes = ["This reads all of \(relation), and fails if a row does not belong into it."]
            }
            draft.statements = statements.count > 1 ? ["BEGIN;"] + statements + ["COMMIT;"] : statements
        }
        add(draft)
    }

    mutating func changeParents(_ table: Table, _ other: Table, _ targets: [RestorationScript.Target]) {
        let relation = name(table.qualifiedName)
        var draft = Draft(rank: .other, resolves: targets, table: table.qualifiedName)
        for parent in table.parents where !other.parents.contains(where: { $0.hasSameBytes(as: parent) }) {
            draft.statements.append("ALTER TABLE \(relation) INHERIT \(name(parent));")
            draft.needs.insert(.relation(QualifiedName(parent)))
        }
        for parent in other.parents where !table.parents.contains(where: { $0.hasSameBytes(as: parent) }) {
            draft.notes.append(
                "\(relation) also inherits from \(name(parent)): ALTER TABLE \(relation) NO INHERIT \(name(parent)); ends that."
            )
        }
        add(draft)
    }

    // MARK: Comments and privileges

    private func comments(of table: Table) -> [String] {
        var statements: [String] = []
        if let comment = table.comment, !comment.isEmpty {
            statements.append(self.comment(comment, on: nil, of: table))
        }
        for column in table.columns {
            if let comment = column.comment, !comment.isEmpty {
                statements.append(self.comment(comment, on: column.name, of: table))
            }
        }
        return statements
    }

    private func comment(_ text: String?, on column: String?, of table: Table) -> String {
        let value = text.map { $0.isEmpty ? "NULL" : SQLLiteral.quoted($0) } ?? "NULL"
        if let column {
            return "COMMENT ON COLUMN \(name(table.qualifiedName)).\(quoted(column)) IS \(value);"
        }
        let word = DefinitionText.word(table.kind == .partitioned ? .table : table.kind).uppercased()
        return "COMMENT ON \(word) \(name(table.qualifiedName)) IS \(value);"
    }

    mutating func add(comment: String, on column: String, of table: TableName, _ targets: [RestorationScript.Target]) {
        guard let owner = expected.table(table) else { return }
        var draft = Draft(rank: .other, resolves: targets, table: table)
        draft.statements = [self.comment(comment, on: column, of: owner)]
        draft.references.add(quoted(column))
        add(draft)
    }

    mutating func restoreComment(_ path: ObjectPath, _ table: Table, _ targets: [RestorationScript.Target]) {
        let column = path.kind == .column ? path.name : nil
        let text = column.map { table.column($0)?.comment } ?? table.comment
        add(
            Draft(
                rank: .other, statements: [comment(text, on: column, of: table)], resolves: targets,
                table: table.qualifiedName))
    }

    mutating func restorePrivileges(_ table: Table, _ other: Table, _ targets: [RestorationScript.Target]) {
        let present = other.privileges ?? []
        var draft = Draft(rank: .other, resolves: targets, table: table.qualifiedName)
        draft.statements = grants(
            (table.privileges ?? []).filter { grant in !present.contains { $0.hasSameBytes(as: grant) } }, on: table)
        draft.notes = ["What was granted in addition stays; REVOKE it if it is not wanted."]
        add(draft)
    }

    /// The statements for grants as a catalog has them: `reader=INSERT*,SELECT(email)`.
    private func grants(_ grants: [String], on table: Table) -> [String] {
        grants.flatMap { grant -> [String] in
            guard let equals = grant.lastIndex(of: "=") else { return [] }
            let role = grant[..<equals]
            var privileges: [String] = [""]
            var (depth, isQuoted) = (0, false)
            for character in grant[grant.index(after: equals)...] {
                switch character {
                case "\"": isQuoted.toggle()
                case "(" where !isQuoted: depth += 1
                case ")" where !isQuoted: depth -= 1
                case "," where !isQuoted && depth == 0:
                    privileges.append("")
                    continue
                default: break
                }
                privileges[privileges.count - 1].append(character)
            }
            return privileges.map { privilege in
                let isGrantable = privilege.hasSuffix("*")
                return """
                    GRANT \(isGrantable ? String(privilege.dropLast()) : privilege) ON \(name(table.qualifiedName)) TO \
                    \(role)\(isGrantable ? " WITH GRANT OPTION" : "");
                    """
            }
        }
    }
}
