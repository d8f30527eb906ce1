import Text

extension RestorationBuilder {
    mutating func create(schema: String, _ targets: [RestorationScript.Target] = []) {
        let node = Node.schema(ExactString(schema))
        if wasCreated(node, targets) { return }
        created[node] = []
        let draft = Draft(
            rank: .schema, statements: ["CREATE SCHEMA IF NOT EXISTS \(quoted(schema));"], resolves: targets)
        let id = add(draft, providing: [node])
        created[node]?.append(id)
    }

    /// Creates the schema of an object where the live database lacks it.
    mutating func createSchema(of draft: inout Draft, _ schema: String) {
        guard expected.catalog.schemas.contains(where: { $0.hasSameBytes(as: schema) }),
            !live.catalog.schemas.contains(where: { $0.hasSameBytes(as: schema) })
        else { return }
        create(schema: schema)
        draft.needs.insert(.schema(ExactString(schema)))
    }

    mutating func create(_ value: Extension, _ targets: [RestorationScript.Target] = []) {
        let node = Node.extension(ExactString(value.name))
        if wasCreated(node, targets) { return }
        created[node] = []
        var draft = Draft(rank: .extension, resolves: targets)
        createSchema(of: &draft, value.schema)
        let place = value.schema == "pg_catalog" ? "" : " SCHEMA \(quoted(value.schema))"
        draft.statements = ["CREATE EXTENSION IF NOT EXISTS \(quoted(value.name))\(place);"]
        let id = add(draft, providing: [node])
        created[node]?.append(id)
    }

    // MARK: Sequences

    mutating func create(_ sequence: Sequence, _ targets: [RestorationScript.Target] = []) {
        let place = QualifiedName(sequence.qualifiedName)
        let node = Node.sequence(place)
        if wasCreated(node, targets) { return }
        created[node] = []
        var draft = Draft(rank: .sequence, resolves: targets)
        createSchema(of: &draft, sequence.schema)
        let name = name(sequence.qualifiedName)
        draft.statements = ["CREATE SEQUENCE \(name) \(options(of: sequence));"]
        // The values that exist must not come again.
        let literal =
            "'"
            + sequence.qualifiedName.sql().split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "''") + "'"
        for (table, column) in sequenceUsers[place] ?? [] {
            draft.statements += advance(
                literal, of: table, [column], increment: sequence.increment,
                from: sequence.increment > 0 ? sequence.minimum : sequence.maximum)
        }
        let id = add(draft, providing: [node])
        created[node]?.append(id)
        if sequence.owner != nil {
            let ownership = own(sequence, targets)
            created[node]?.append(ownership)
        }
    }

    /// Makes a column the owner of a sequence.
    mutating func own(_ sequence: Sequence, _ targets: [RestorationScript.Target]) -> Int {
        let place = QualifiedName(sequence.qualifiedName)
        if let id = ownerships[place] { return id }
        guard let owner = sequence.owner else { return 0 }
        var draft = Draft(
            rank: .ownership,
            statements: ["ALTER SEQUENCE \(name(sequence.qualifiedName)) OWNED BY \(ownerName(owner));"],
            resolves: targets, table: owner.table)
        draft.references.add(quoted(owner.column))
        draft.needs.insert(.sequence(place))
        let id = add(draft)
        ownerships[place] = id
        return id
    }

    private func ownerName(_ owner: Sequence.Owner) -> String { name(owner.table) + "." + quoted(owner.column) }

    private func options(of sequence: Sequence) -> String {
        """
        AS \(sequence.type) INCREMENT BY \(sequence.increment) MINVALUE \(sequence.minimum) \
        MAXVALUE \(sequence.maximum) START WITH \(sequence.start) CACHE \(sequence.cache) \
        \(sequence.cycles ? "CYCLE" : "NO CYCLE")
        """
    }

    mutating func changeSequence(_ discrepancy: Discrepancy, _ targets: [RestorationScript.Target]) {
        guard case .sequence(let wanted?, let present?) = discrepancy.subject else { return }
        let name = name(present.qualifiedName)
        var draft = Draft(rank: .ownership, resolves: targets)
        var copy = wanted
        (copy.schema, copy.name, copy.owner) = (present.schema, present.name, present.owner)
        if copy != present { draft.statements.append("ALTER SEQUENCE \(name) \(options(of: wanted));") }
        if !wanted.owner.hasSameBytes(as: present.owner) {
            draft.statements.append("ALTER SEQUENCE \(name) OWNED BY \(wanted.owner.map(ownerName) ?? "NONE");")
            if let owner = wanted.owner {
                draft.table = owner.table
                draft.references.add(quoted(owner.column))
            }
        }
        add(draft)
    }

    // MARK: Types

    mutating func create(_ type: UserType, _ targets: [RestorationScript.Target] = []) {
        let node = Node.type(QualifiedName(type.qualifiedName))
        if wasCreated(node, targets) { return }
        created[node] = []
        var draft = Draft(rank: .type, resolves: targets)
        createSchema(of: &draft, type.schema)
        let name = name(type.qualifiedName)
        switch type.definition {
        case .enumeration(let labels):
            draft.statements = ["CREATE TYPE \(name) AS ENUM (\(DefinitionText.labels(labels)));"]
        case .domain(let base, let nullable, let value, let checks):
            var text = "CREATE DOMAIN \(name) AS \(base)"
            if let value { text += " DEFAULT \(value)" }
            if !nullable { text += " NOT NULL" }
            for check in checks.sorted(by: { $0.key.precedesInBytes($1.key) }) {
                text += " CONSTRAINT \(quoted(check.key)) \(check.value)"
            }
            draft.statements = [text + ";"]
            draft.references = NameReferences([base, value] + checks.values.map(Optional.some))
        case .composite(let attributes):
            let list = attributes.map { quoted($0.name) + " " + self.type(of: $0) }.joined(separator: ", ")
            draft.statements = ["CREATE TYPE \(name) AS (\(list));"]
            draft.references = NameReferences(attributes.flatMap { [$0.type, $0.collation] })
        case .range(let subtype):
            draft.statements = ["CREATE TYPE \(name) AS RANGE (SUBTYPE = \(subtype));"]
            draft.references = NameReferences([subtype])
        }
        let id = add(draft, providing: [node])
        created[node]?.append(id)
    }

    mutating func changeType(_ path: ObjectPath, _ targets: [RestorationScript.Target]) {
        guard let type = expected.type(schema: path.schema, name: path.name),
            let other = live.type(schema: path.schema, name: path.name)
        else { return }
        var draft = Draft(rank: .type, resolves: targets)
        switch (type.definition, other.definition) {
        case (.enumeration(let labels), .enumeration(let present)):
            addLabels(labels, present, to: name(type.qualifiedName), &draft)
        case (.domain, .domain): changeDomain(type, other, &draft)
        case (.composite(let attributes), .composite(let present)):
            changeAttributes(attributes, present, of: name(type.qualifiedName), &draft)
        default:
            draft.notes = [
                """
                PostgreSQL cannot change \(name(type.qualifiedName)) to \(DefinitionText.type(type.definition)): create \
                that under another name, and change the columns that use it.
                """
            ]
        }
        add(draft, providing: [.type(QualifiedName(type.qualifiedName))])
    }

    private func addLabels(_ labels: [String], _ present: [String], to name: String, _ draft: inout Draft) {
        var known = Set(present.map(ExactString.init))
        let missing = labels.filter { !known.contains(ExactString($0)) }
        for (index, label) in labels.enumerated() where !known.contains(ExactString(label)) {
            var place = ""
            if index > 0 {
                place = " AFTER \(SQLLiteral.quoted(labels[index - 1]))"
            } else if let next = labels.first(where: { known.contains(ExactString($0)) }) ?? present.first {
                place = " BEFORE \(SQLLiteral.quoted(next))"
            }
            draft.statements.append("ALTER TYPE \(name) ADD VALUE IF NOT EXISTS \(SQLLiteral.quoted(label))\(place);")
            known.insert(ExactString(label))
        }
        let extra = present.filter { label in !labels.contains { $0.hasSameBytes(as: label) } }
        if !extra.isEmpty {
            draft.notes.append(
                """
                PostgreSQL cannot remove a label; \(DefinitionText.labels(extra)) does no harm. To keep it, write a \
                revision that adds it.
                """)
        }
        let order = { (list: [String], other: [String]) in
            list.filter { label in other.contains { $0.hasSameBytes(as: label) } }
        }
        if !order(labels, present).hasSameBytes(as: order(present, labels)) {
            draft.notes.append(
                "PostgreSQL cannot change the order of labels; it matters only for ORDER BY and comparisons.")
        }
        if !missing.isEmpty, !extra.isEmpty {
            draft.notes.append("If a label was only renamed: ALTER TYPE \(name) RENAME VALUE … TO …; instead.")
        }
    }

    private func changeDomain(_ type: UserType, _ other: UserType, _ draft: inout Draft) {
        guard case .domain(let base, let nullable, let value, let checks) = type.definition,
            case .domain(let otherBase, let otherNullable, let otherValue, let otherChecks) = other.definition
        else { return }
        let start = "ALTER DOMAIN \(name(type.qualifiedName))"
        draft.references = NameReferences([value] + checks.values.map(Optional.some))
        if !base.hasSameBytes(as: otherBase) {
            draft.notes.append("PostgreSQL cannot change the type of a domain from \(otherBase) to \(base).")
        }
        if !value.hasSameBytes(as: otherValue) {
            draft.statements.append("\(start) \(value.map { "SET DEFAULT \($0)" } ?? "DROP DEFAULT");")
        }
        var rest = otherChecks.sorted { $0.key.precedesInBytes($1.key) }
        var missing: [(key: String, value: String)] = []
        for check in checks.sorted(by: { $0.key.precedesInBytes($1.key) }) {
            if let place = rest.firstIndex(where: { $0.value.hasSameBytes(as: check.value) }) {
                rest.remove(at: place)
            } else {
                missing.append(check)
            }
        }
        for check in missing {
            let add = "\(start) ADD CONSTRAINT \(quoted(check.key)) \(check.value) NOT VALID;"
            if let place = rest.firstIndex(where: { $0.key.hasSameBytes(as: check.key) }) {
                draft.statements += ["BEGIN;", "\(start) DROP CONSTRAINT \(quoted(check.key));", add, "COMMIT;"]
                rest.remove(at: place)
            } else {
                draft.statements.append(add)
            }
            draft.statements.append("\(start) VALIDATE CONSTRAINT \(quoted(check.key));")
            draft.notes = ["VALIDATE fails while values break the rule."]
        }
        for check in rest { draft.notes.append("The check \(quoted(check.key)) \(check.value) was made by hand.") }
        if nullable != otherNullable {
            draft.statements.append("\(start) \(nullable ? "DROP" : "SET") NOT NULL;")
        }
    }

    private func changeAttributes(
        _ attributes: [Column], _ present: [Column], of name: String, _ draft: inout Draft
    ) {
        draft.references = NameReferences(attributes.map(\.type))
        for attribute in attributes {
            guard let other = present.first(where: { $0.name.hasSameBytes(as: attribute.name) }) else {
                draft.statements.append(
                    "ALTER TYPE \(name) ADD ATTRIBUTE \(quoted(attribute.name)) \(type(of: attribute)) CASCADE;")
                continue
            }
            let isSame =
                other.type.hasSameBytes(as: attribute.type) && other.collation.hasSameBytes(as: attribute.collation)
            if !isSame {
                draft.notes.append(
                    """
                    ALTER TYPE \(name) ALTER ATTRIBUTE \(quoted(attribute.name)) TYPE \(type(of: attribute)); works only \
                    while no table uses the type.
                    """)
            }
        }
        let extra = present.filter { other in !attributes.contains { $0.name.hasSameBytes(as: other.name) } }
        for attribute in extra { draft.notes.append("The attribute \(quoted(attribute.name)) was made by hand.") }
    }

    // MARK: Functions

    mutating func create(_ routine: Routine, _ targets: [RestorationScript.Target] = []) {
        let node = Node.routine(QualifiedName(routine.schema, routine.bareName))
        var draft = Draft(rank: .routine, resolves: targets)
        // Overloads share the node.
        let key = Node.routine(QualifiedName(routine.schema, routine.signature))
        if wasCreated(key, targets) { return }
        created[key] = []
        createSchema(of: &draft, routine.schema)
        if let definition = routine.definition {
            draft.statements = [statement(definition)]
            draft.references = NameReferences([definition])
        } else {
            draft.notes = ["Create \(signature(routine)) as its revision defines it."]
        }
        let id = add(draft, providing: [node])
        created[key]?.append(id)
    }

    mutating func restoreRoutine(_ path: ObjectPath, _ targets: [RestorationScript.Target]) {
        let key = Routine(schema: path.schema, signature: path.name)
        guard let routine = expected.catalog.routine(key) else { return }
        guard let other = live.catalog.routine(key) else { return create(routine, targets) }
        var draft = Draft(rank: .routine, resolves: targets)
        draft.references = NameReferences([routine.definition])
        guard routine.kind == other.kind, let definition = routine.definition, let present = other.definition else {
            draft.notes = [
                "\(signature(routine)) is a \(other.kind.rawValue), and a \(routine.kind.rawValue) in the migrations."
            ]
            add(draft)
            return
        }
        let word = routine.kind == .procedure ? "PROCEDURE" : routine.kind == .aggregate ? "AGGREGATE" : "FUNCTION"
        let canReplace =
            routine.kind == .aggregate ? false : Self.head(definition).hasSameBytes(as: Self.head(present))
        draft.statements = [statement(definition)]
        if !canReplace {
            draft.statements = ["BEGIN;", "DROP \(word) \(signature(routine));"] + draft.statements + ["COMMIT;"]
            let users = users(of: routine)
            draft.notes = ["Its declaration differs, so it is created anew; privileges have to be granted again."]
            if !users.isEmpty {
                draft.notes = [
                    """
                    Its declaration differs, and \(users.joined(separator: ", ")) use it: drop what uses it, run the next \
                    lines, and create it again:
                    """
                ]
                draft.notes += draft.statements
                draft.statements = []
            }
        }
        add(draft, providing: [.routine(QualifiedName(routine.schema, routine.bareName))])
    }

    private func statement(_ definition: String) -> String {
        var text = definition[...]
        while let last = text.last, last == ";" || last.isWhitespace { text.removeLast() }
        return text + ";"
    }

    /// The part of `pg_get_functiondef` that `CREATE OR REPLACE` cannot change: names, arguments and result.
    private static func head(_ definition: String) -> String {
        let lines = definition.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.prefix { !$0.hasPrefix(" LANGUAGE ") }.joined(separator: "\n")
    }

    /// The live objects that need a function to exist.
    private func users(of routine: Routine) -> [String] {
        let place = QualifiedName(routine.schema, routine.bareName)
        return live.catalog.tables.compactMap { table in
            var names = NameReferences([table.definition])
            for column in table.columns {
                names.add(column.default)
                names.add(column.generated)
            }
            for constraint in table.constraints { names.add(constraint.definition) }
            for index in table.indexes { names.add(index.definition) }
            for trigger in table.triggers { names.add(trigger.definition) }
            for policy in table.policies {
                names.add(policy.using)
                names.add(policy.check)
            }
            return names.qualified.contains(place) ? name(table.qualifiedName) : nil
        }
    }
}
