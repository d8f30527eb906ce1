import Text

extension RestorationBuilder {
    // MARK: A missing column

    mutating func addColumn(_ column: String, to table: TableName, _ targets: [RestorationScript.Target]) {
        guard let owner = expected.table(table), let column = owner.column(column) else { return }
        guard let present = live.table(table), !present.isView else {
            note("Restore \(name(table)) as its revision defines it.", owner, targets)
            return
        }
        let relation = name(table)
        var draft = Draft(rank: .column, resolves: targets, table: table)
        draft.references.add(column.type)
        var text = quoted(column.name) + " " + type(of: column)
        if let generated = column.generated {
            text += " GENERATED ALWAYS AS (\(generated)) STORED"
            draft.references.add(generated)
        } else if column.identity != nil, let source = DefinitionText.source(of: column) {
            text += " " + source
        }
        let isComputed = column.generated != nil || column.identity != nil
        if isComputed, !column.nullable { text += " NOT NULL" }
        draft.statements = ["ALTER TABLE \(relation) ADD COLUMN IF NOT EXISTS \(text);"]
        draft.isAlignment = !isComputed && !column.isInherited && !owner.isPartition && owner.kind == present.kind
        let id = add(draft, changing: column.name, of: table)
        if !isComputed { fill(column, of: owner, after: id, targets) }
        for sequence in ownedSequences[QualifiedName(table)] ?? []
        where sequence.owner?.column.hasSameBytes(as: column.name) == true {
            if live.catalog.sequence(sequence.schema, sequence.name) == nil { create(sequence, targets) }
        }
        // Not every reading includes comments.
        if let comment = column.comment, !comment.isEmpty {
            add(comment: comment, on: column.name, of: table, targets)
        }
    }

    /// Gives a column that was added, empty, its default and NOT NULL.
    private mutating func fill(
        _ column: Column, of table: Table, after id: Int, _ targets: [RestorationScript.Target]
    ) {
        let relation = name(table.qualifiedName)
        let (place, isRequired) = ("ALTER TABLE \(relation) ALTER COLUMN \(quoted(column.name))", !column.nullable)
        var draft = Draft(rank: .change, resolves: targets, table: table.qualifiedName, after: [id])
        guard let value = column.default else {
            if isRequired {
                draft.notes = [
                    "Its revision makes \(column.name) NOT NULL, without a default. Give it values, then:",
                    "\(place) SET NOT NULL;",
                ]
                add(draft)
            }
            return
        }
        draft.references.add(value)
        draft.statements = [
            "\(place) SET DEFAULT \(value);",
            "UPDATE \(relation) SET \(quoted(column.name)) = DEFAULT WHERE \(quoted(column.name)) IS NULL;",
        ]
        if isRequired { draft.statements.append("\(place) SET NOT NULL;") }
        add(draft)
    }

    // MARK: A column that differs

    /// Adds the drafts for the differences of one column.
    mutating func changeColumn(_ table: TableName, _ column: String, _ discrepancies: [Discrepancy]) {
        guard let owner = expected.table(table), let other = live.table(table), let wanted = owner.column(column),
            let present = other.column(column)
        else { return }
        let targets = Dictionary(
            discrepancies.map { ($0.kind, target($0)) }, uniquingKeysWith: { first, _ in first })
        var change = ColumnChange(owner: owner, other: other, wanted: wanted, present: present, targets: targets)
        if targets[.type] != nil || targets[.collation] != nil { changeType(&change) }
        if let target = change.targets[.generated] { changeGenerated(change, target) }
        if let target = change.targets[.default] { changeDefault(&change, target) }
        if let target = change.targets[.nullability] { changeNullability(&change, target) }
        if let target = change.targets[.identity] { changeIdentity(&change, target) }
    }

    private struct ColumnChange {
        let owner: Table
        let other: Table
        let wanted: Column
        let present: Column
        /// What is still to be resolved.
        var targets: [SchemaDifference.Kind: RestorationScript.Target]
        /// The drafts of this column that come before the next one.
        var after: Set<Int> = []

        var table: TableName { owner.qualifiedName }
    }

    private func place(_ change: ColumnChange) -> String {
        "ALTER TABLE \(name(change.table)) ALTER COLUMN \(quoted(change.wanted.name))"
    }

    private func draft(_ rank: Rank, _ change: ColumnChange, _ target: RestorationScript.Target) -> Draft {
        Draft(rank: rank, resolves: [target], table: change.table, after: change.after)
    }

    /// Changes type and collation, with the default, of which a value of the present type may not fit.
    private mutating func changeType(_ change: inout ColumnChange) {
        let (wanted, present) = (change.wanted, change.present)
        let column = quoted(wanted.name)
        var draft = Draft(rank: .column, table: change.table)
        draft.resolves = [SchemaDifference.Kind.type, .collation].compactMap { change.targets.removeValue(forKey: $0) }
        draft.references = NameReferences([wanted.type, wanted.collation])
        var actions = [
            "ALTER COLUMN \(column) TYPE \(type(of: wanted, isExplicit: wanted.collation != present.collation))"
        ]
        let isCast = !wanted.type.hasSameBytes(as: present.type) && isLossy(from: present, to: wanted)
        if isCast { actions[0] += " USING \(cast(column, from: present, to: wanted))" }
        if present.default != nil {
            actions.insert("ALTER COLUMN \(column) DROP DEFAULT", at: 0)
            if let value = wanted.default {
                actions.append("ALTER COLUMN \(column) SET DEFAULT \(value)")
                draft.references.add(value)
            }
            if let target = change.targets[.default] {
                draft.resolves.append(target)
                change.targets[.default] = nil
            }
        }
        let relation = name(change.table)
        let statement = "ALTER TABLE \(relation) \(actions.joined(separator: ", "));"
        let users = users(of: wanted.name, in: change.other)
        if !users.isEmpty {
            draft.notes = [
                """
                The column is used by \(users.joined(separator: ", ")). Drop what uses it, run the next line, and create \
                it again as before:
                """, statement,
            ]
        } else if isCast {
            let back = cast("(\(cast(column, from: present, to: wanted)))", from: wanted, to: present)
            let change = "\(back)\(back.hasSuffix("::text") ? "" : "::text") IS DISTINCT FROM \(column)::text"
            draft.notes = [
                "This writes the table again, and is refused if a value would change:",
                "SELECT count(*) FROM \(relation) WHERE \(change);",
            ]
            let message = SQLLiteral.quoted("values of \(wanted.name) would change").doublingPercent
            let check = """
                 BEGIN IF EXISTS (SELECT FROM \(relation) WHERE \(change)) THEN RAISE EXCEPTION \(message); END IF; END 
                """
            let quote = check.contains("$$") ? "$check$" : "$$"
            draft.statements = [
                "BEGIN;", "LOCK TABLE \(relation) IN ACCESS EXCLUSIVE MODE;", "DO \(quote)\(check)\(quote);",
                statement, "COMMIT;",
            ]
        } else {
            draft.statements = [statement]
        }
        change.after = [add(draft, changing: wanted.name, of: change.table)]
    }

    /// Whether some values of the present type do not fit the wanted one.
    private func isLossy(from present: Column, to wanted: Column) -> Bool {
        ColumnType(formatted: wanted.type).isNarrower(than: ColumnType(formatted: present.type))
    }

    private func cast(_ column: String, from present: Column, to wanted: Column) -> String {
        let (old, new) = (ColumnType(formatted: present.type), ColumnType(formatted: wanted.type))
        // No cast leads from one enumeration to another, but from and to text.
        if case .user = old.base, case .user = new.base {
            return "\(column)::text\(new.isArray ? "[]" : "")::\(wanted.type)"
        }
        if case .user = new.base, old.base != .builtIn("text") {
            return "\(column)::text\(new.isArray ? "[]" : "")::\(wanted.type)"
        }
        return "\(column)::\(wanted.type)"
    }

    /// What keeps PostgreSQL from changing the type of a column.
    private mutating func users(of column: String, in table: Table) -> [String] {
        let name = table.qualifiedName
        var users: [String] = []
        for (view, names) in views where names.mention(name, column) {
            users.append("\(DefinitionText.word(view.kind)) \(self.name(view.qualifiedName))")
        }
        for other in table.columns where !other.name.hasSameBytes(as: column) {
            if NameReferences([other.generated]).contains(column) { users.append("column \(quoted(other.name))") }
        }
        for policy in table.policies where NameReferences([policy.using, policy.check]).contains(column) {
            users.append("policy \(quoted(policy.name))")
        }
        for trigger in table.triggers where NameReferences([trigger.definition]).contains(column) {
            users.append("trigger \(quoted(trigger.name))")
        }
        return users
    }

    private mutating func changeGenerated(_ change: ColumnChange, _ target: RestorationScript.Target) {
        var draft = draft(.change, change, target)
        if let expression = change.wanted.generated {
            draft.references.add(expression)
            if change.present.generated != nil, live.catalog.serverVersion >= 170_000 {
                draft.notes = ["This computes the column of every row again, under ACCESS EXCLUSIVE."]
                draft.statements = ["\(place(change)) SET EXPRESSION AS (\(expression));"]
            } else {
                let (relation, column) = (name(change.table), quoted(change.wanted.name))
                draft.notes = [
                    """
                    PostgreSQL cannot change an existing column to this expression. When the values of \(column) are not \
                    needed any more, rename it, and add the column again:
                    """,
                    """
                    ALTER TABLE \(relation) ADD COLUMN \(column) \(type(of: change.wanted)) GENERATED ALWAYS AS \
                    (\(expression)) STORED\(change.wanted.nullable ? "" : " NOT NULL");
                    """,
                ]
            }
        } else {
            draft.statements = ["\(place(change)) DROP EXPRESSION;"]
            if let value = change.wanted.default {
                draft.statements.append("\(place(change)) SET DEFAULT \(value);")
                draft.references.add(value)
            }
        }
        add(draft)
    }

    private mutating func changeDefault(_ change: inout ColumnChange, _ target: RestorationScript.Target) {
        var draft = draft(.change, change, target)
        draft.references.add(change.wanted.default)
        draft.statements = [
            "\(place(change)) \(change.wanted.default.map { "SET DEFAULT \($0)" } ?? "DROP DEFAULT");"
        ]
        change.after.insert(add(draft))
    }

    private mutating func changeNullability(_ change: inout ColumnChange, _ target: RestorationScript.Target) {
        var draft = draft(.change, change, target)
        let (relation, column) = (name(change.table), quoted(change.wanted.name))
        if change.wanted.nullable {
            if let key = change.other.constraints.first(where: { $0.kind == .primaryKey }),
                key.columns.contains(where: { $0.hasSameBytes(as: change.wanted.name) })
            {
                draft.notes = ["\(column) is NOT NULL because the primary key \(quoted(key.name)) includes it."]
            } else {
                draft.statements = ["\(place(change)) DROP NOT NULL;"]
            }
        } else {
            draft.statements = ["\(place(change)) SET NOT NULL;"]
            if change.wanted.default != nil {
                draft.notes = [
                    "Rows without a value get the default. How many there are:",
                    "SELECT count(*) FROM \(relation) WHERE \(column) IS NULL;",
                ]
                draft.statements.insert("UPDATE \(relation) SET \(column) = DEFAULT WHERE \(column) IS NULL;", at: 0)
            } else {
                draft.notes = [
                    "This fails while rows have no value. How many there are:",
                    "SELECT count(*) FROM \(relation) WHERE \(column) IS NULL;",
                ]
            }
        }
        change.after.insert(add(draft))
    }

    private mutating func changeIdentity(_ change: inout ColumnChange, _ target: RestorationScript.Target) {
        var draft = draft(.change, change, target)
        let (wanted, present) = (change.wanted, change.present)
        let place = place(change)
        switch (wanted.identity, present.identity) {
        case (_?, nil):
            if present.default != nil { draft.statements.append("\(place) DROP DEFAULT;") }
            draft.statements.append("\(place) ADD \(DefinitionText.source(of: wanted) ?? "");")
            let sequence = """
                pg_get_serial_sequence(\(SQLLiteral.quoted(change.table.sql())), \(SQLLiteral.quoted(wanted.name)))
                """
            draft.statements += advance(sequence, of: change.owner, [wanted.name], increment: 1, from: 1)
        case (nil, _?):
            draft.statements.append("\(place) DROP IDENTITY;")
            if let value = wanted.default {
                draft.references.add(value)
                draft.statements.append("\(place) SET DEFAULT \(value);")
            }
        case (let kind?, let other?):
            if kind != other {
                draft.statements.append("\(place) SET GENERATED \(kind == .always ? "ALWAYS" : "BY DEFAULT");")
            }
            if !wanted.identityOptions.hasSameBytes(as: present.identityOptions) {
                draft.statements.append("\(place) \(identityOptions(wanted.identityOptions ?? ""));")
            }
        case (nil, nil): return
        }
        change.after.insert(add(draft))
    }

    /// The actions that set the options of an identity column's sequence, the others to their defaults.
    private func identityOptions(_ text: String) -> String {
        let defaults = [
            ("START WITH", "SET START WITH 1"), ("INCREMENT BY", "SET INCREMENT BY 1"),
            ("MINVALUE", "SET NO MINVALUE"), ("MAXVALUE", "SET NO MAXVALUE"), ("CACHE", "SET CACHE 1"),
        ]
        let words = text.split(separator: " ").map(String.init)
        var actions: [String] = []
        for (option, initial) in defaults {
            let first = option.split(separator: " ")[0]
            if let position = words.firstIndex(where: { $0 == first }) {
                let length = option.contains(" ") ? 3 : 2
                actions.append("SET " + words[position...].prefix(length).joined(separator: " "))
            } else {
                actions.append(initial)
            }
        }
        return (actions + [words.contains("CYCLE") ? "SET CYCLE" : "SET NO CYCLE"]).joined(separator: " ")
    }

    /// Sets a sequence past the values of a column, so that the next one is new.
    ///
    /// - Parameter sequence: an expression of its name.
    func advance(
        _ sequence: String, of table: Table, _ columns: [String], increment: Int64, from first: Int64
    ) -> [String] {
        columns.compactMap { column in
            guard live.table(table.qualifiedName)?.column(column) != nil else { return nil }
            let last = increment > 0 ? "max(\(quoted(column)))" : "min(\(quoted(column)))"
            return """
                SELECT setval(\(sequence), \(last)) FROM \(name(table.qualifiedName)) HAVING \(last) \
                \(increment > 0 ? ">=" : "<=") \(first);
                """
        }
    }

    // MARK: Texts

    /// The type with its collation.
    ///
    /// - Parameter isExplicit: whether the collation of the type is named too.
    func type(of column: Column, isExplicit: Bool = false) -> String {
        if let collation = column.collation { return column.type + " COLLATE " + collation }
        return isExplicit ? column.type + " COLLATE pg_catalog.\"default\"" : column.type
    }
}

extension String {
    /// For the format of `RAISE`.
    fileprivate var doublingPercent: String {
        reduce(into: "") { result, character in result += character == "%" ? "%%" : String(character) }
    }
}
