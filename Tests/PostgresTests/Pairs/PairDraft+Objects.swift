import Schema

/// What stands beside the tables.
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

    /// A fresh name in one of the schemas.
    mutating func place(_ stem: String) -> TableName { TableName(schema: random.pick(schemas), name: name(stem)) }

    mutating func makeTypes() {
        makeEnum()
        makeDomain()
        if random.oneIn(2) { makeEnum() }
        if random.oneIn(2) { makeDomain() }
        if random.oneIn(2) { makeComposite() }
        if random.oneIn(3) { makeRange() }
    }

    private mutating func makeEnum() {
        let type = place("mood")
        let isUsed = random.oneIn(2)
        let labels = ["low", "Mid 'dle'", "größte", "spare"].shuffled(using: &random)
        let constants = labels.map(\.constant)
        step(.types, "CREATE TYPE \(type.quoted) AS ENUM (\(constants.joined(separator: ", ")))")
        let values = constants.filter { $0 != "'spare'" }
        if isUsed {
            let kind = ColumnKind(family: .other, type: type.quoted, defaults: [values[0]], values: values)
            kinds += [kind, kind, ColumnKind(family: .other, type: type.quoted + "[]", defaults: ["'{}'"])]
        }
        let alter = "ALTER TYPE \(type.quoted)"
        propose(
            "add label", ["\(alter) ADD VALUE 'new' BEFORE \(random.pick(values))"], touching: [type.subject()],
            [.init(.enumLabels, type.shown)])
        propose(
            "rename label", ["\(alter) RENAME VALUE 'spare' TO 'spared'"], touching: [type.subject()],
            [.init(.enumLabels, type.shown, breaking: true)])
        let extra = place("extra")
        let create = "CREATE TYPE \(extra.quoted) AS ENUM ('one')"
        propose("create enum", [create], touching: [extra.subject()], [], unmanaged: ["enum \(extra.shown)"])
        propose(
            "create enum of old", [create], touching: [extra.subject()], [.init(.extraEnum, extra.shown, .handMade)],
            managed: [ObjectKey(.type, schema: extra.schema, name: extra.name)])
        guard !isUsed else { return }
        propose(
            "drop enum", ["DROP TYPE \(type.quoted)"], touching: [type.subject()], [.init(.missingEnum, type.shown)])
        let list = constants.reversed().joined(separator: ", ")
        propose(
            "reorder labels", ["DROP TYPE \(type.quoted)", "CREATE TYPE \(type.quoted) AS ENUM (\(list))"],
            touching: [type.subject()], [.init(.enumLabels, type.shown)])
    }

    private mutating func makeDomain() {
        let type = place("code")
        let isUsed = random.oneIn(2)
        let base = random.pick([ColumnKind.all[0], ColumnKind.all[7], ColumnKind.all[8], ColumnKind.all[3]])
        let value = random.oneIn(2) ? " DEFAULT \(random.pick(base.defaults))" : ""
        let condition = base.condition(on: "VALUE", &random) ?? "true"
        let (clause, check) = constraintName("valid")
        let isFilled = random.oneIn(3)
        step(
            .types,
            "CREATE DOMAIN \(type.quoted) AS \(base.type)\(value)\(isFilled ? " NOT NULL" : "") \(clause)CHECK (\(condition))"
        )
        for _ in 0..<random.number(0..<3) {
            guard let other = base.condition(on: "VALUE", &random) else { continue }
            step(.parts, "ALTER DOMAIN \(type.quoted) ADD CHECK (\(other))")
        }
        if isUsed {
            let kind = ColumnKind(family: .other, type: type.quoted, values: base.values)
            kinds += [kind, kind]
        }
        let alter = "ALTER DOMAIN \(type.quoted)"
        let differs = [PlantedChange.Found(.typeDefinition, type.shown)]
        propose(
            "add domain check", ["\(alter) ADD CHECK (VALUE IS NOT NULL OR 1 > 2)"], touching: [type.subject()], differs
        )
        propose(
            "set domain default", ["\(alter) SET DEFAULT \(base.family == .text ? "'zzz'" : "99")"],
            touching: [type.subject()], differs)
        propose(
            "domain not null", ["\(alter) \(isFilled ? "DROP" : "SET") NOT NULL"], touching: [type.subject()], differs)
        if !value.isEmpty {
            propose("drop domain default", ["\(alter) DROP DEFAULT"], touching: [type.subject()], differs)
        }
        if let check {
            let drop = "\(alter) DROP CONSTRAINT \(check.quoted)"
            propose(
                "rename domain check", ["\(alter) RENAME CONSTRAINT \(check.quoted) TO \(plainName("renamed"))"],
                touching: [type.subject()], [])
            propose("drop domain check", [drop], touching: [type.subject()], differs)
            propose(
                "change domain check", [drop, "\(alter) ADD CONSTRAINT \(check.quoted) CHECK (VALUE IS NOT NULL)"],
                touching: [type.subject()], differs)
        }
        guard !isUsed else { return }
        propose(
            "drop domain", ["DROP DOMAIN \(type.quoted)"], touching: [type.subject()], [.init(.missingType, type.shown)]
        )
    }

    private mutating func makeComposite() {
        let type = place("pair")
        let attribute = name("part").quoted
        step(
            .dependentTypes,
            "CREATE TYPE \(type.quoted) AS (\(attribute) \(random.pick(kinds).type), b text COLLATE \"C\", c numeric(8,3))"
        )
        let differs = [PlantedChange.Found(.typeDefinition, type.shown)]
        for (name, change) in [
            ("add attribute", "ADD ATTRIBUTE extra integer"), ("drop attribute", "DROP ATTRIBUTE b"),
            ("attribute type", "ALTER ATTRIBUTE c TYPE numeric(9,3)"), ("rename attribute", "RENAME ATTRIBUTE b TO bb"),
            ("attribute collation", "ALTER ATTRIBUTE b TYPE text COLLATE \"POSIX\""),
        ] { propose(name, ["ALTER TYPE \(type.quoted) \(change)"], touching: [type.subject()], differs) }
        propose(
            "drop composite", ["DROP TYPE \(type.quoted)"], touching: [type.subject()],
            [.init(.missingType, type.shown)])
        let extra = place("extra")
        propose(
            "create composite", ["CREATE TYPE \(extra.quoted) AS (a int)"], touching: [extra.subject()], [],
            unmanaged: ["compositeType \(extra.shown)"])
    }

    private mutating func makeRange() {
        let type = place("span")
        step(.types, "CREATE TYPE \(type.quoted) AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi)")
        let drop = "DROP TYPE \(type.quoted)"
        propose("drop range", [drop], touching: [type.subject()], [.init(.missingType, type.shown)])
        for options in ["SUBTYPE = float4", "SUBTYPE = float8"] {
            propose(
                "change range", [drop, "CREATE TYPE \(type.quoted) AS RANGE (\(options))"], touching: [type.subject()],
                [.init(.typeDefinition, type.shown)])
        }
    }

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

    mutating func makeRoutines() {
        let trigger = place("notice")
        step(
            .routines,
            "CREATE FUNCTION \(trigger.quoted)() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN NEW; END $f$")
        triggerFunctions.append(trigger.quoted)
        for _ in 0..<random.number(1..<4) { makeFunction() }
        if random.oneIn(3) { makeAggregate() }
    }

    private mutating func makeFunction() {
        let routine = place("calc")
        let typed = random.pick(kinds.filter { $0.family == .other && $0.type.hasPrefix("\"p") } + [ColumnKind.all[8]])
            .type
        let forms: [(kind: String, arguments: String, shown: String?, head: String, body: String, other: String)] = [
            (
                "FUNCTION", "integer", "integer", "a integer DEFAULT 1) RETURNS integer LANGUAGE sql IMMUTABLE",
                "AS 'SELECT $1 + 1'", "AS 'SELECT $1 + 2'"
            ),
            (
                "FUNCTION", "integer", "integer", "a integer) RETURNS integer IMMUTABLE",
                "BEGIN ATOMIC SELECT a + CASE WHEN a IN (1, 2) THEN 1 ELSE 0 END; END", "RETURN a * 2"
            ),
            (
                "FUNCTION", "text, text[]", "text, text[]",
                "a text, VARIADIC b text[]) RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE",
                "AS $f$ SELECT unnest(b) || 'ü' $f$", "AS $f$ SELECT unnest(b)  || 'ü' $f$"
            ),
            (
                "PROCEDURE", "numeric", "numeric", "INOUT a numeric) LANGUAGE plpgsql",
                "AS 'BEGIN a := a * 2; END'", "SECURITY DEFINER AS 'BEGIN a := a * 2; END'"
            ),
            (
                "FUNCTION", "", "",
                "OUT x integer, OUT y text) LANGUAGE sql STRICT COST 5 SET search_path = pg_catalog",
                "AS $$ SELECT 1, 'x'::text $$", "COST 6 AS $$ SELECT 1, 'x'::text $$"
            ),
            (
                "FUNCTION", typed, nil, "a \(typed)) RETURNS boolean LANGUAGE sql", "AS 'SELECT $1 IS NULL'",
                "STABLE AS 'SELECT $1 IS NULL'"
            ),
        ]
        let form = random.pick(forms)
        let create = "\(form.kind) \(routine.quoted)(\(form.head)"
        step(.routines, "CREATE \(create) \(form.body)")
        guard let arguments = form.shown else { return }
        let shown = routine.shown + arguments.bracketed
        let other = form.other.hasPrefix("COST") ? create.replacing("COST 5", with: "") : create
        propose(
            "change function", ["CREATE OR REPLACE \(other) \(form.other)"], touching: [routine.subject()],
            [.init(.function, shown)])
        let overload = "CREATE FUNCTION \(routine.quoted)(a date, b date) RETURNS int LANGUAGE sql AS 'SELECT 1'"
        let key = ObjectKey(
            .routine, schema: routine.schema, name: SQLIdentifier.quoted(routine.name) + "(date, date)")
        propose(
            "overload function", [overload], touching: [routine.subject()], [],
            unmanaged: ["function \(routine.shown)(date, date)"])
        propose(
            "overload function of old", [overload], touching: [routine.subject()],
            [.init(.extraFunction, "\(routine.shown)(date, date)", .handMade)], managed: [key])
        if form.kind == "FUNCTION", form.arguments == "integer", random.oneIn(2) {
            // Nothing can be dropped that a default uses.
            kinds.append(
                ColumnKind(
                    family: .integer, type: "integer", defaults: ["\(routine.quoted)(4)"], values: ColumnKind.numbers))
            functions.append(routine.quoted)
            return
        }
        propose(
            "drop function", ["DROP \(form.kind) \(routine.quoted)(\(form.arguments))"], touching: [routine.subject()],
            [.init(.missingFunction, shown)])
    }

    private mutating func makeAggregate() {
        let routine = place("total")
        step(
            .routines, "CREATE AGGREGATE \(routine.quoted) (integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0')")
        let shown = routine.shown + "(integer)"
        let drop = "DROP AGGREGATE \(routine.quoted) (integer)"
        propose("drop aggregate", [drop], touching: [routine.subject()], [.init(.missingFunction, shown)])
        propose(
            "change aggregate",
            [drop, "CREATE AGGREGATE \(routine.quoted) (integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '1')"],
            touching: [routine.subject()], [.init(.function, shown)])
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
