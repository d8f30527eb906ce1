import Schema

/// Generates indexes and row security policies.
extension PairDraft {
    mutating func makeIndex(on table: inout TableDraft) {
        let column = random.pick(table.columns)
        guard let key = column.kind.key(on: column.name.quoted, &random) else { return }
        table.use(column.name)
        let isPlain = key == column.name.quoted
        var (method, keys, tail) = ("btree", key, "")
        switch column.kind.family {
        case .integers: method = "gin"
        case .texts where column.kind.type == "text[]": method = "gin"
        case .range: method = "gist"
        case .integer where isPlain && random.oneIn(3): method = random.pick(["hash", "brin"])
        default: break
        }
        var isUnique = false
        if method == "btree" {
            if random.oneIn(3) {
                let other = random.pick(
                    table.columns.filter { $0.kind.family == .integer || $0.isSerial } + [table.columns[0]])
                table.use(other.name)
                keys += ", \(other.name.quoted)"
            }
            if random.oneIn(4) { tail += " INCLUDE (\(table.columns[0].name.quoted))" }
            isUnique = random.oneIn(4) && !table.isPartitioned
            if random.oneIn(6) { tail += " WITH (fillfactor = 70)" }
        }
        if random.oneIn(3), let condition = condition(&table) { tail += " WHERE \(condition)" }
        let (clause, name) = indexName("ix")
        let on = "ON \(table.name.quoted) USING \(method) (\(keys))\(tail)"
        let create = "CREATE \(isUnique ? "UNIQUE " : "")INDEX \(clause)"
        step(.parts, create + on)
        guard let name else { return }
        let index = table.name.beside(name)
        let subject = [table.name.subject(name)]
        let drop = "DROP INDEX \(index.quoted)"
        propose("drop index", [drop], touching: subject, [.init(.missingIndex, index.shown)])
        let renamed = plainName("renamed")
        propose(
            "rename index", ["ALTER INDEX \(index.quoted) RENAME TO \(renamed)"], touching: subject,
            [.init(.indexName, index.beside(renamed).shown)])
        if method == "btree" {
            if !tail.contains(" WHERE ") {
                propose(
                    "partial index", [drop, "\(create)\(on) WHERE 2 > 1"], touching: subject,
                    [.init(.index, index.shown)])
            }
            if !table.isPartitioned {
                propose(
                    "unique index",
                    [drop, "CREATE \(isUnique ? "" : "UNIQUE ")INDEX \(clause)\(on)"], touching: subject,
                    [.init(.index, index.shown)])
            }
            propose(
                "index columns",
                [drop, "CREATE INDEX \(clause)ON \(table.name.quoted) ((1)), (\(keys))".replacing("), (", with: ", ")],
                touching: subject, [.init(.index, index.shown)])
        }
        if !table.isPartitioned {
            propose(
                "invalid index",
                ["UPDATE pg_index SET indisvalid = false WHERE indexrelid = \(index.quoted.constant)::regclass"],
                touching: subject, [.init(.indexInvalid, index.shown)])
        }
    }

    mutating func makePolicies(on table: inout TableDraft) {
        step(.triggers, "ALTER TABLE \(table.name.quoted) ENABLE ROW LEVEL SECURITY")
        let name = name("own")
        let expression = (condition(&table) ?? "true") + random.pick(["", " OR current_user = 'admin'"])
        let clauses = random.pick([
            "USING (\(expression))", "FOR SELECT USING (\(expression))",
            "FOR UPDATE TO pg_monitor, pg_read_all_data USING (\(expression)) WITH CHECK (1 < 2)",
            "AS RESTRICTIVE FOR INSERT WITH CHECK (\(expression))",
        ])
        let on = "\(name.quoted) ON \(table.name.quoted)"
        step(.triggers, "CREATE POLICY \(on) \(clauses)")
        let subject = [table.name.subject(name)]
        let shown = table.name.shown(name)
        propose("drop policy", ["DROP POLICY \(on)"], touching: subject, [.init(.missingPolicy, shown)])
        propose(
            "change policy", ["DROP POLICY \(on)", "CREATE POLICY \(on) AS RESTRICTIVE FOR DELETE USING (true)"],
            touching: subject, [.init(.policy, shown)])
        propose(
            "policy expression",
            ["ALTER POLICY \(on) \(clauses.contains("INSERT") ? "WITH CHECK" : "USING") (7 > 8)"],
            touching: subject, [.init(.policy, shown)])
        propose("policy roles", ["ALTER POLICY \(on) TO pg_signal_backend"], touching: subject, [.init(.policy, shown)])
        propose(
            "row security",
            ["ALTER TABLE \(table.name.quoted) \(random.pick(["DISABLE", "FORCE"])) ROW LEVEL SECURITY"],
            touching: [table.name.subject("row security")], [.init(.rowSecurity, table.name.shown)])
    }
}
