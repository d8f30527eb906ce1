import Text

extension RestorationBuilder {
    /// Adds the drafts for a difference that is not about the definition of a column.
    mutating func add(_ discrepancy: Discrepancy) {
        let (kind, path) = (discrepancy.kind, discrepancy.path)
        let targets = [target(discrepancy)]
        let place = TableName(schema: path.schema, name: path.table ?? path.name)
        switch kind {
        case .missingSchema: create(schema: path.name, targets)
        case .missingExtension: if let value = expected.catalog.extension(path.name) { create(value, targets) }
        case .missingTable, .missingView: if let table = expected.table(place) { create(table, targets) }
        case .missingColumn: addColumn(path.name, to: place, targets)
        case .missingSequence:
            if let sequence = expected.catalog.sequence(path.schema, path.name) { create(sequence, targets) }
        case .sequence: changeSequence(discrepancy, targets)
        case .missingEnum, .missingType:
            if let type = expected.type(schema: path.schema, name: path.name) { create(type, targets) }
        case .enumLabels, .typeDefinition: changeType(path, targets)
        case .missingFunction, .function: restoreRoutine(path, targets)
        case .missingConstraint, .constraint, .constraintName, .constraintNotValidated:
            restoreConstraint(discrepancy, of: place, targets)
        case .missingIndex, .index, .indexName, .indexInvalid: restoreIndex(discrepancy, of: place, targets)
        default:
            guard let table = expected.table(place), let other = live.table(place) else { return }
            change(table, from: other, discrepancy, targets)
        }
    }

    /// Adds the drafts for a difference about a table or view that both sides have.
    private mutating func change(
        _ table: Table, from other: Table, _ discrepancy: Discrepancy, _ targets: [RestorationScript.Target]
    ) {
        let relation = name(table.qualifiedName)
        let path = discrepancy.path
        switch discrepancy.kind {
        case .tableKind:
            note(
                """
                \(relation) is a \(DefinitionText.word(other.kind)), and a \(DefinitionText.word(table.kind)) in the \
                migrations: rename it, run diagnose again, and copy its rows.
                """, table, targets)
        case .unlogged:
            add(
                Draft(
                    rank: .other, notes: ["This writes the whole table again, under ACCESS EXCLUSIVE."],
                    statements: ["ALTER TABLE \(relation) SET \(table.isUnlogged ? "UNLOGGED" : "LOGGED");"],
                    resolves: targets, table: table.qualifiedName))
        case .rowSecurity:
            add(
                Draft(
                    rank: .other, statements: [rowSecurity(of: table)], resolves: targets, table: table.qualifiedName))
        case .partitioning: changePartitioning(table, other, targets)
        case .inheritance: changeParents(table, other, targets)
        case .missingTrigger, .trigger:
            guard let trigger = table.triggers.first(where: { $0.name.hasSameBytes(as: path.name) }) else { return }
            restore(trigger, of: table, present: other.triggers.first { $0.name.hasSameBytes(as: path.name) }, targets)
        case .missingPolicy, .policy:
            guard let policy = table.policies.first(where: { $0.name.hasSameBytes(as: path.name) }) else { return }
            restore(policy, of: table, present: other.policies.first { $0.name.hasSameBytes(as: path.name) }, targets)
        case .view: changeView(table, other, targets)
        case .comment: restoreComment(path, table, targets)
        case .privileges: restorePrivileges(table, other, targets)
        default: break
        }
    }

    /// Adds what no statement can do.
    mutating func note(_ text: String, _ table: Table, _ targets: [RestorationScript.Target]) {
        add(Draft(rank: .other, notes: [text], resolves: targets, table: table.qualifiedName))
    }

    /// Gives what was renamed by hand its former name again, and returns the differences that remain then.
    mutating func renameBack(
        _ discrepancies: [Discrepancy], _ compare: (CatalogIndex) -> [Discrepancy]
    ) -> [Discrepancy] {
        let renamed = discrepancies.compactMap { discrepancy in discrepancy.renamedTo.map { (discrepancy, $0) } }
        guard !renamed.isEmpty else { return discrepancies }
        var renaming = Renaming()
        var ids: [(id: Int, name: String)] = []
        for (discrepancy, present) in renamed {
            let path = discrepancy.path
            ids.append((renameBack(discrepancy, present), present.name))
            if path.kind == .column {
                let table = QualifiedName(path.schema, path.table ?? "")
                renaming.columns[table, default: [:]][ExactString(present.name)] = ExactString(path.name)
            } else {
                renaming.objects[QualifiedName(present.schema, present.name)] = QualifiedName(path.schema, path.name)
            }
        }
        live = CatalogIndex(renaming.applied(to: live.catalog))
        let remaining = Dictionary(
            compare(live).map { (PathOfKind($0), $0) }, uniquingKeysWith: { first, _ in first })
        return discrepancies.compactMap { discrepancy in
            if discrepancy.renamedTo != nil { return nil }
            if let same = remaining[PathOfKind(discrepancy)] { return same }
            // The names were all that differed.
            let words = NameReferences([discrepancy.actual, discrepancy.path.name, discrepancy.path.table])
            let causes = ids.filter { words.contains($0.name) }
            let target = target(discrepancy)
            if ids.contains(where: { drafts[$0.id].resolves.contains(target) }) { return nil }
            for (id, _) in causes.isEmpty ? ids : causes { drafts[id].resolves.append(target) }
            return nil
        }
    }

    private mutating func renameBack(_ discrepancy: Discrepancy, _ present: ObjectPath) -> Int {
        let path = discrepancy.path
        var draft = Draft(rank: .rename, resolves: [target(discrepancy)])
        let (old, new) = (quoted(path.name), quoted(present.name))
        if path.kind == .column {
            let table = TableName(schema: path.schema, name: path.table ?? "")
            draft.statements = ["ALTER TABLE \(name(table)) RENAME COLUMN \(new) TO \(old);"]
            draft.resolves.append(target(.extraColumn, present))
            draft.table = table
            draft.notes = ["\(new) has the definition of \(old); if it is another column, do not run this."]
            return add(draft, changing: path.name, of: table)
        }
        let word: String
        let node: Node
        let now = QualifiedName(path.schema, path.name)
        switch path.kind {
        case .view: (word, node) = ("VIEW", .relation(now))
        case .materializedView: (word, node) = ("MATERIALIZED VIEW", .relation(now))
        case .foreignTable: (word, node) = ("FOREIGN TABLE", .relation(now))
        case .enum, .domain, .compositeType, .rangeType: (word, node) = ("TYPE", .type(now))
        default: (word, node) = ("TABLE", .relation(now))
        }
        let place = TableName(schema: present.schema, name: present.name)
        draft.notes = ["\(name(place)) has the definition of \(old); if it is another object, do not run this."]
        if !path.schema.hasSameBytes(as: present.schema) {
            draft.statements.append("ALTER \(word) \(name(place)) SET SCHEMA \(quoted(path.schema));")
        }
        if !path.name.hasSameBytes(as: present.name) {
            let moved = TableName(schema: path.schema, name: present.name)
            draft.statements.append("ALTER \(word) \(name(moved)) RENAME TO \(old);")
        }
        for kind in [SchemaDifference.Kind.extraTable, .extraView, .extraEnum, .extraType] {
            draft.resolves.append(target(kind, present))
        }
        let id = add(draft, providing: [node])
        if expected.catalog.schemas.contains(path.schema), !live.catalog.schemas.contains(path.schema) {
            create(schema: path.schema)
            need(.schema(ExactString(path.schema)), by: id)
        }
        return id
    }
}

/// What a difference is about, for finding it in another comparison.
private struct PathOfKind: Hashable {
    private let kind: SchemaDifference.Kind
    private let names: [ExactString]

    init(_ discrepancy: Discrepancy) {
        kind = discrepancy.kind
        let path = discrepancy.path
        names = [path.schema, path.table ?? "", path.name].map(ExactString.init)
    }
}
