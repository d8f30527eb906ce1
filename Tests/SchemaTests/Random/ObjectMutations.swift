import Schema

extension CatalogMutation {
    static let ofObjects: [CatalogMutation] = [
        .table("another definition of a view", where: { $0.definition != nil }) { table, _ in
            table.definition? += " WHERE true;"
            return [Found(.view, table.sql())]
        },
        CatalogMutation("drop a view") { catalog, random in
            let fit = catalog.tables.indices.filter { catalog.tables[$0].definition != nil }
            let view = catalog.tables.remove(at: random.pick(fit))
            return [Found(.missingView, view.sql())]
        },
        .table("a view becomes a table", where: { $0.kind == .view }) { table, _ in
            table.kind = .table
            table.definition = nil
            return [Found(.tableKind, table.sql())]
        },
        CatalogMutation("a label less") { catalog, _ in
            catalog.changeLabels { $0.removeLast() }
            return [Found(.enumLabels, "mood", breaking: true)]
        },
        CatalogMutation("a label more") { catalog, _ in
            catalog.changeLabels { $0.insert("new", at: 1) }
            return [Found(.enumLabels, "mood")]
        },
        CatalogMutation("another order of labels") { catalog, _ in
            catalog.changeLabels { $0.swapAt(0, 2) }
            return [Found(.enumLabels, "mood")]
        },
        CatalogMutation("drop an enumeration") { catalog, _ in
            catalog.types.removeAll { $0.name == "Level" }
            return [Found(.missingEnum, "crm.\"Level\"")]
        },
        CatalogMutation("drop a type") { catalog, _ in
            catalog.types.removeAll { $0.name == "span" }
            return [Found(.missingType, "crm.span")]
        },
        CatalogMutation("another domain, composite type or range") { catalog, random in
            let definitions: [String: UserType.Definition] = [
                "email": .domain(base: "text", nullable: false, default: nil, checks: [:]),
                "point3": .composite(attributes: [Column(name: "x", type: "bigint", nullable: true)]),
                "span": .range(subtype: "real"),
            ]
            let index = random.pick(catalog.types.indices.filter { definitions[catalog.types[$0].name] != nil })
            let type = catalog.types[index]
            catalog.types[index].definition = definitions[type.name] ?? type.definition
            return [Found(.typeDefinition, type.qualifiedName.sql(defaultSchema: "public"))]
        },
        CatalogMutation("add a type, a function, a sequence, an extension and a schema") { catalog, _ in
            catalog.types.append(UserType(schema: "crm", name: "new", definition: .enumeration(labels: [])))
            catalog.routines.append(Routine(schema: "public", signature: "new()"))
            catalog.sequences.append(Sequence(schema: "public", name: "new"))
            catalog.extensions.append(Extension(name: "new", version: "1", schema: "public"))
            catalog.schemas.append("new")
            return []
        },
        CatalogMutation("drop a function") { catalog, _ in
            catalog.routines.removeAll { $0.schema == "crm" }
            return [Found(.missingFunction, "crm.area(numeric, numeric)")]
        },
        CatalogMutation("another body") { catalog, _ in
            for index in catalog.routines.indices where catalog.routines[index].schema == "public" {
                // PostgreSQL keeps a body as it was written.
                catalog.routines[index].definition = "CREATE OR REPLACE FUNCTION public.f() … 'return 1'"
            }
            return [Found(.function, "f()")]
        },
        CatalogMutation("drop a sequence") { catalog, _ in
            guard let index = catalog.sequences.firstIndex(where: { $0.owner == nil }) else { return nil }
            let sequence = catalog.sequences.remove(at: index)
            return [Found(.missingSequence, sequence.qualifiedName.sql(defaultSchema: "public"))]
        },
        CatalogMutation("change a sequence") { catalog, random in
            let index = random.pick(Array(catalog.sequences.indices))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: catalog.sequences[index].increment += 1
            case 1: catalog.sequences[index].cycles.toggle()
            case 2: catalog.sequences[index].cache += 9
            case 3: catalog.sequences[index].minimum -= 5
            case 4: catalog.sequences[index].maximum -= 5
            default: catalog.sequences[index].type = "smallint"
            }
            return [Found(.sequence, catalog.sequences[index].qualifiedName.sql(defaultSchema: "public"))]
        },
        CatalogMutation("rename an owned sequence") { catalog, random in
            let fit = catalog.sequences.indices.filter { catalog.sequences[$0].owner != nil }
            guard !fit.isEmpty else { return nil }
            let index = random.pick(fit)
            catalog.sequences[index].name = "renamed's \"seq\""
            let sequence = catalog.sequences[index]
            for table in catalog.tables.indices
            where ObjectKey(table: catalog.tables[table].qualifiedName)
                == sequence.owner.map({ ObjectKey(table: $0.table) })
            {
                catalog.tables[table].columns[0].default = nextValue(of: sequence)
            }
            return []
        },
        CatalogMutation("free an owned sequence") { catalog, random in
            let fit = catalog.sequences.indices.filter { catalog.sequences[$0].owner != nil }
            guard !fit.isEmpty else { return nil }
            let index = random.pick(fit)
            catalog.sequences[index].owner = nil
            return [Found(.sequence, catalog.sequences[index].qualifiedName.sql(defaultSchema: "public"))]
        },
        CatalogMutation("drop an extension") { catalog, _ in
            catalog.extensions.removeAll { $0.name == "citext" }
            return [Found(.missingExtension, "citext")]
        },
        CatalogMutation("another version of an extension") { catalog, _ in
            catalog.extensions[1].version = "1.0"
            return [Found(.extensionVersion, SQLIdentifier.quoted(catalog.extensions[1].name))]
        },
        CatalogMutation("an extension elsewhere") { catalog, _ in
            catalog.extensions[0].schema = "elsewhere"
            return [Found(.extension, SQLIdentifier.quoted(catalog.extensions[0].name))]
        },
        CatalogMutation("drop a schema") { catalog, _ in
            catalog.schemas.removeAll { $0 == "empty" }
            return [Found(.missingSchema, "empty")]
        },
    ]
}

extension Catalog {
    fileprivate mutating func changeLabels(_ change: (inout [String]) -> Void) {
        for index in types.indices where types[index].name == "mood" {
            guard case .enumeration(var labels) = types[index].definition else { continue }
            change(&labels)
            types[index].definition = .enumeration(labels: labels)
        }
    }
}
