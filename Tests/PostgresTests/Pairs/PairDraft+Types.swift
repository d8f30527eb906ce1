import Schema

/// Generates enums, domains, composite types and ranges.
extension PairDraft {
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
}
