import Schema

/// Generates schemas, sequences, views and triggers.
extension PairDraft {
    mutating func makeSchemas() {
        schemas = [prefix]
        if random.oneIn(2) { schemas.append(random.pick(["\(prefix) Größe", "\(prefix).\"q\"", "\(prefix)_second"])) }
        if random.oneIn(6) { schemas.append(prefix + String(repeating: "é", count: 29) + "z") }
        let empty = "\(prefix)_empty"
        for schema in schemas + [empty] { step(.schemas, "CREATE SCHEMA \(schema.quoted)") }
        propose("drop schema", ["DROP SCHEMA \(empty)"], touching: [[empty]], [.init(.missingSchema, empty)])
        let new = "\(prefix)_New"
        propose(
            "create schema", ["CREATE SCHEMA \(new.quoted)"], touching: [[new]], [],
            unmanaged: ["schema \(new.quoted)"])
        propose(
            "create schema of old", ["CREATE SCHEMA \(new.quoted)"], touching: [[new]],
            [.init(.extraSchema, new.quoted, .handMade)], managed: [ObjectKey(.schema, name: new)])
    }

    /// A new name in one of the schemas.
    mutating func place(_ stem: String) -> TableName { TableName(schema: random.pick(schemas), name: name(stem)) }

    mutating func makeSequences() {
        guard random.oneIn(2) else { return }
        let sequence = place("numbers")
        let options = random.pick([
            "", " AS integer START 5", " INCREMENT BY 10 MINVALUE 10 MAXVALUE 100000 START 10 CACHE 5 CYCLE",
            " INCREMENT BY -1 MAXVALUE -1 MINVALUE -1000", " AS smallint NO CYCLE",
        ])
        step(.sequences, "CREATE SEQUENCE \(sequence.quoted)\(options)")
        let isUsed = random.oneIn(2)
        if isUsed {
            kinds.append(
                ColumnKind(
                    family: .integer, type: "bigint", defaults: ["nextval(\(sequence.quoted.constant))"],
                    values: ColumnKind.numbers))
        } else {
            propose(
                "drop sequence", ["DROP SEQUENCE \(sequence.quoted)"], touching: [sequence.subject()],
                [.init(.missingSequence, sequence.shown)])
        }
        let alter = "ALTER SEQUENCE \(sequence.quoted)"
        for change in [
            "INCREMENT BY 7", "CACHE 9", "MAXVALUE 12345 MINVALUE -12345", "MINVALUE -2000 START -1 MAXVALUE 20",
        ] {
            propose(
                "change sequence", ["\(alter) \(change)"], touching: [sequence.subject()],
                [.init(.sequence, sequence.shown)])
        }
        let extra = place("extra")
        let create = "CREATE SEQUENCE \(extra.quoted)"
        propose("create sequence", [create], touching: [extra.subject()], [], unmanaged: ["sequence \(extra.shown)"])
        propose(
            "create sequence of old", [create], touching: [extra.subject()],
            [.init(.extraSequence, extra.shown, .handMade)],
            managed: [ObjectKey(.sequence, schema: extra.schema, name: extra.name)])
    }

    mutating func makeViews() {
        for _ in 0..<random.number(0..<3) { makeView(isMaterialized: false) }
        if random.oneIn(3) { makeView(isMaterialized: true) }
    }

    private mutating func makeView(isMaterialized: Bool) {
        let index = random.number(0..<tables.count)
        let table = tables[index]
        let columns = table.columns.filter { $0.kind.family != .other }
        guard let first = columns.first else { return }
        let column = random.pick(columns)
        let condition = column.kind.condition(on: "t.\(column.name.quoted)", &random) ?? "true"
        let view = place("view")
        let (one, two) = (first.name.quoted, column.name.quoted)
        let from = "FROM \(table.name.quoted) t"
        let forms = [
            "SELECT t.\(one), t.\(two) AS other \(from) WHERE \(condition)",
            "SELECT t.\(two), count(*) AS n, max(t.\(one)::text) \(from) GROUP BY t.\(two) HAVING count(*) > 1",
            "WITH x AS (SELECT t.\(one) AS a \(from) WHERE \(condition)) SELECT a, CASE WHEN a::text IN ('a', 'b') THEN 1 END AS b FROM x",
            "SELECT t.\(two)::text AS a \(from) UNION ALL SELECT 'x' UNION SELECT u.\(one)::text FROM \(table.name.quoted) u",
            "SELECT DISTINCT t.\(one), row_number() OVER (PARTITION BY t.\(two) ORDER BY t.\(one)) \(from)",
            "SELECT t.\(one) AS k, u.\(two) AS v \(from) LEFT JOIN \(table.name.quoted) u USING (\(one)) WHERE EXISTS (SELECT 1 \(from.replacing(" t", with: " z", maxReplacements: 1)))",
        ].filter {
            !$0.contains("DISTINCT") && !$0.contains("GROUP") && !$0.contains("USING") || first.kind.family != .json
        }
        .filter { !$0.contains("EXISTS") || !table.name.quoted.contains(" t") }
        let body = random.pick(forms)
        for used in [first.name, column.name] { tables[index].use(used) }
        tables[index].isUsed = true
        let word = isMaterialized ? "MATERIALIZED VIEW" : "VIEW"
        step(.views, "CREATE \(word) \(view.quoted) AS \(body)")
        let drop = "DROP \(word) \(view.quoted)"
        let subjects = [view.subject(), table.name.subject()]
        propose("drop \(word)", [drop], touching: subjects, [.init(.missingView, view.shown)])
        propose(
            "change \(word)", [drop, "CREATE \(word) \(view.quoted) AS SELECT 1 AS one"], touching: subjects,
            [.init(.view, view.shown)])
        propose(
            "change \(word) little", [drop, "CREATE \(word) \(view.quoted) AS SELECT * FROM (\(body)) w LIMIT 5"],
            touching: subjects, [.init(.view, view.shown)])
        propose(
            "\(word) of other kind",
            [drop, "CREATE \(isMaterialized ? "VIEW" : "MATERIALIZED VIEW") \(view.quoted) AS \(body)"],
            touching: subjects, [.init(.tableKind, view.shown)])
        let extra = place("extra")
        let create = "CREATE VIEW \(extra.quoted) AS SELECT 1 AS one"
        propose("create view", [create], touching: [extra.subject()], [], unmanaged: ["view \(extra.shown)"])
        propose(
            "create view of old", [create], touching: [extra.subject()], [.init(.extraView, extra.shown, .handMade)],
            managed: [ObjectKey(table: extra)])
    }

    mutating func makeTriggers() {
        for index in tables.indices where random.oneIn(3) && !tables[index].isPartition {
            let table = tables[index]
            let name = plainName("watch") + (random.oneIn(3) ? " Üb" : "")
            let column = random.pick(table.columns)
            let isFree = !column.isGenerated
            let condition = isFree ? column.kind.condition(on: "NEW.\(column.name.quoted)", &random) : nil
            let call =
                "FOR EACH ROW \(condition.map { "WHEN (\($0)) " } ?? "")EXECUTE FUNCTION \(random.pick(triggerFunctions))('x', 'y''s')"
            let on = "ON \(table.name.quoted)"
            step(
                .triggers,
                "CREATE TRIGGER \(name.quoted) BEFORE INSERT OR UPDATE OF \(column.name.quoted) \(on) \(call)")
            tables[index].use(column.name)
            tables[index].triggers.append(name)
            let subject = [table.name.subject(name), table.name.subject(column.name)]
            let shown = table.name.shown(name)
            let drop = "DROP TRIGGER \(name.quoted) \(on)"
            propose("drop trigger", [drop], touching: subject, [.init(.missingTrigger, shown)])
            propose(
                "change trigger", [drop, "CREATE TRIGGER \(name.quoted) AFTER INSERT \(on) \(call)"], touching: subject,
                [.init(.trigger, shown)])
            let partitions = tables.filter { $0.parent == table.name }
            propose(
                "disable trigger", ["ALTER TABLE \(table.name.quoted) DISABLE TRIGGER \(name.quoted)"],
                touching: subject + partitions.map { $0.name.subject() }, [.init(.trigger, shown)])
            let extra = plainName("extra")
            propose(
                "create trigger",
                [
                    "CREATE TRIGGER \(extra) AFTER DELETE \(on) FOR EACH STATEMENT EXECUTE FUNCTION \(triggerFunctions[0])()"
                ],
                touching: [table.name.subject(extra)], [.init(.extraTrigger, table.name.shown(extra), .handMade)])
        }
    }
}
