import Schema

extension CatalogMutation {
    static let ofParts: [CatalogMutation] = [
        .table("drop a constraint") { table, random in
            let index = random.pick(Array(table.constraints.indices))
            let constraint = table.constraints.remove(at: index)
            return [Found(.missingConstraint, table.sql(constraint.name))]
        },
        .table("add a constraint") { table, _ in
            table.constraints.append(
                Constraint(name: "By Hand", kind: .check, columns: ["id"], definition: "CHECK ((id IS NOT NULL))"))
            return [Found(.extraConstraint, table.sql("By Hand"), .handMade)]
        },
        .table("rename a constraint") { table, random in
            let index = random.pick(Array(table.constraints.indices))
            table.constraints[index].name = "Another"
            return [Found(.constraintName, table.sql("Another"))]
        },
        .table(
            "change a foreign key",
            where: { table in
                table.isOrdinary && table.constraints.contains { $0.kind == .foreignKey }
            }
        ) { table, _ in
            for index in table.constraints.indices where table.constraints[index].kind == .foreignKey {
                table.constraints[index].definition += " ON DELETE CASCADE"
            }
            return [Found(.constraint, table.sql("fk"))]
        },
        .table("an unchecked constraint") { table, random in
            let index = random.pick(Array(table.constraints.indices))
            table.constraints[index].isValidated = false
            return [Found(.constraintNotValidated, table.sql(table.constraints[index].name))]
        },
        .table("drop an index", where: { $0.isOrdinary && !$0.indexes.isEmpty }) { table, random in
            let index = table.indexes.remove(at: random.pick(Array(table.indexes.indices)))
            return [Found(.missingIndex, table.index(index.name))]
        },
        .table("add an index") { table, random in
            let isValid = random.oneIn(2)
            table.indexes.append(Index(name: "By Hand", definition: "USING gin (id)", isValid: isValid))
            return [Found(isValid ? .extraIndex : .indexInvalid, table.index("By Hand"), .handMade)]
        },
        .table("rename an index", where: { $0.isOrdinary && !$0.indexes.isEmpty }) { table, random in
            table.indexes[random.pick(Array(table.indexes.indices))].name = "Another"
            return [Found(.indexName, table.index("Another"))]
        },
        .table("a unique index or not", where: { $0.isOrdinary && !$0.indexes.isEmpty }) { table, random in
            let index = random.pick(Array(table.indexes.indices))
            table.indexes[index].isUnique.toggle()
            return [Found(.index, table.index(table.indexes[index].name))]
        },
        .table("another method of an index", where: { $0.isOrdinary && !$0.indexes.isEmpty }) { table, random in
            let index = random.pick(Array(table.indexes.indices))
            table.indexes[index].definition = "USING hash (id)"
            return [Found(.index, table.index(table.indexes[index].name))]
        },
        .table("an invalid index", where: { $0.isOrdinary && !$0.indexes.isEmpty }) { table, random in
            let index = random.pick(Array(table.indexes.indices))
            table.indexes[index].isValid = false
            return [Found(.indexInvalid, table.index(table.indexes[index].name))]
        },
        .table("drop a trigger", where: { !$0.triggers.isEmpty }) { table, _ in
            table.triggers = []
            return [Found(.missingTrigger, table.sql("touch"))]
        },
        .table("disable a trigger", where: { !$0.triggers.isEmpty }) { table, _ in
            table.triggers[0].state = .disabled
            return [Found(.trigger, table.sql("touch"))]
        },
        .table("change a trigger", where: { !$0.triggers.isEmpty }) { table, _ in
            table.triggers[0].definition += " -- "
            return [Found(.trigger, table.sql("touch"))]
        },
        .table("add a trigger") { table, _ in
            table.triggers.append(Trigger(name: "By Hand", definition: "CREATE TRIGGER …"))
            return [Found(.extraTrigger, table.sql("By Hand"), .handMade)]
        },
        .table("drop a policy", where: { !$0.policies.isEmpty }) { table, _ in
            table.policies = []
            return [Found(.missingPolicy, table.sql("mine only"))]
        },
        .table("change a policy", where: { !$0.policies.isEmpty }) { table, random in
            if random.oneIn(2) { table.policies[0].using = "(id = 2)" } else { table.policies[0].roles = ["other"] }
            return [Found(.policy, table.sql("mine only"))]
        },
        .table("add a policy") { table, _ in
            table.policies.append(Policy(name: "By Hand"))
            return [Found(.extraPolicy, table.sql("By Hand"), .handMade)]
        },
    ]

    static let all = ofTables + ofColumns + ofParts + ofObjects
}
