import Text

/// The names under which a catalog has what was renamed by hand.
struct Renaming {
    /// The present name of each table, view or type, and the one that the migrations gave it.
    var objects: [QualifiedName: QualifiedName] = [:]
    /// The same for the columns of each table.
    var columns: [QualifiedName: [ExactString: ExactString]] = [:]

    var isEmpty: Bool { objects.isEmpty && columns.isEmpty }

    /// The catalog as it would be after renaming everything back.
    func applied(to catalog: Catalog) -> Catalog {
        var result = catalog
        for index in result.tables.indices { apply(to: &result.tables[index]) }
        for index in result.types.indices {
            let name = back(result.types[index].qualifiedName)
            (result.types[index].schema, result.types[index].name) = (name.schema, name.name)
        }
        for index in result.sequences.indices {
            guard let owner = result.sequences[index].owner else { continue }
            let column = columns[QualifiedName(owner.table)]?[ExactString(owner.column)]?.text ?? owner.column
            result.sequences[index].owner = .init(table: back(owner.table), column: column)
        }
        for index in result.routines.indices {
            result.routines[index].definition = result.routines[index].definition.map { text($0, in: nil) }
        }
        return Catalog(
            serverVersion: result.serverVersion, schemas: result.schemas, tables: result.tables,
            sequences: result.sequences, types: result.types, routines: result.routines,
            extensions: result.extensions)
    }

    private func back(_ name: TableName) -> TableName { objects[QualifiedName(name)]?.table ?? name }

    private func apply(to table: inout Table) {
        let old = table.qualifiedName
        let own = columns[QualifiedName(old)] ?? [:]
        let rename = { (name: String) in own[ExactString(name)]?.text ?? name }
        let text = { (text: String) in self.text(text, in: old) }
        (table.schema, table.name) = (back(old).schema, back(old).name)
        table.parents = table.parents.map(back)
        table.definition = table.definition.map { self.text($0, in: nil) }
        for index in table.columns.indices {
            table.columns[index].name = rename(table.columns[index].name)
            table.columns[index].type = text(table.columns[index].type)
            table.columns[index].default = table.columns[index].default.map(text)
            table.columns[index].generated = table.columns[index].generated.map(text)
        }
        for index in table.constraints.indices {
            table.constraints[index].columns = table.constraints[index].columns.map(rename)
            table.constraints[index].definition = text(table.constraints[index].definition)
            table.constraints[index].references = table.constraints[index].references.map(back)
        }
        for index in table.indexes.indices { table.indexes[index].definition = text(table.indexes[index].definition) }
        for index in table.triggers.indices {
            table.triggers[index].definition = text(table.triggers[index].definition)
        }
        for index in table.policies.indices {
            table.policies[index].using = table.policies[index].using.map(text)
            table.policies[index].check = table.policies[index].check.map(text)
        }
    }

    /// A text with the former names: of objects where they are qualified, of columns where the text belongs to their
    /// table or mentions it.
    private func text(_ text: String, in table: TableName?) -> String {
        let references = NameReferences([text])
        var names: [ExactString: ExactString] = [:]
        for (owner, columns) in columns
        where table.map(QualifiedName.init) == owner || references.qualified.contains(owner) {
            names.merge(columns) { first, _ in first }
        }
        let mentionsObject = objects.keys.contains(where: references.qualified.contains)
        guard mentionsObject || names.keys.contains(where: references.words.contains) else { return text }
        return rewritten(text, names)
    }

    /// Removes a column's alias that is its name: PostgreSQL does not print `title AS title`.
    private static func dropAlias(_ words: inout [(spelled: String, name: String?)]) {
        guard let name = words.last?.name else { return }
        var rest = words.dropLast()
        for wanted in ["as", name] {
            while rest.last?.spelled == " " { rest.removeLast() }
            guard let word = rest.last?.name, word.hasSameBytes(as: wanted) else { return }
            if wanted == "as", rest.last?.spelled == "AS" { rest.removeLast() }
        }
        words = Array(rest)
    }

    private func rewritten(_ text: String, _ names: [ExactString: ExactString]) -> String {
        var result = ""
        var tokens = SQLTokens(text)
        var rest = text.utf8[...]
        var words: [(spelled: String, name: String?)] = []
        while let token = tokens.next() {
            // What is between the tokens, white space, stays.
            let bytes = Array(token.utf8)
            while !rest.starts(with: bytes), let first = rest.popFirst() {
                words.append((String(decoding: [first], as: UTF8.self), nil))
            }
            rest = rest.dropFirst(bytes.count)
            let name = NameReferences.identifier(token)
            if let name, words.count >= 2, words[words.count - 1].spelled == ".",
                let schema = words[words.count - 2].name, let object = objects[QualifiedName(schema, name)]
            {
                words[words.count - 2].spelled = SQLIdentifier.quoted(object.schema.text)
                words.append((SQLIdentifier.quoted(object.name.text), object.name.text))
            } else if let name, let column = names[ExactString(name)] {
                words.append((SQLIdentifier.quoted(column.text), column.text))
            } else {
                words.append((token, name))
            }
            Self.dropAlias(&words)
        }
        for word in words { result += word.spelled }
        return result + (String(rest) ?? "")
    }
}
