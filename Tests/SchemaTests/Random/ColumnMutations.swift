import Schema

extension CatalogMutation {
    static let ofColumns: [CatalogMutation] = [
        .table(
            "drop a column",
            where: { table in
                table.isOrdinary && table.columns.dropFirst().contains { !table.uses($0) }
            }
        ) { table, random in
            let column = random.pick(table.columns.dropFirst().filter { !table.uses($0) })
            table.columns.removeAll { $0.isExactly(column.name) }
            return [Found(.missingColumn, table.sql(column.name), breaking: true)]
        },
        CatalogMutation("drop a serial column") { catalog, random in
            let fit = catalog.tables.indices.filter {
                catalog.tables[$0].isOrdinary && catalog.tables[$0].columns[0].default?.hasPrefix("nextval") == true
            }
            guard !fit.isEmpty else { return nil }
            let index = random.pick(fit)
            let table = catalog.tables[index]
            catalog.sequences.removeAll { $0.owner?.table == table.qualifiedName }
            catalog.tables[index].columns.removeFirst()
            return [Found(.missingColumn, table.sql("id"), breaking: true)]
        },
        .table("add a column") { table, random in
            let isNullable = random.oneIn(2)
            let value = random.oneIn(2) ? "0" : nil
            table.columns.insert(
                Column(name: "Added", type: "integer", nullable: isNullable, default: value),
                at: Int.random(in: 0...table.columns.count, using: &random))
            return [
                Found(.extraColumn, table.sql("Added"), .handMade, breaking: !isNullable && value == nil)
            ]
        },
        .column("rename a column") { column, old, _ in
            let table = String(old.dropLast(SQLIdentifier.quoted(column.name).count))
            column.name = "renamed"
            return [
                Found(.missingColumn, old, breaking: true),
                Found(.extraColumn, table + "renamed", .handMade, breaking: !column.nullable && column.default == nil),
            ]
        },
        .column("a narrower type") { column, object, _ in
            let narrower = [
                "integer": "smallint", "bigint": "integer", "text": "character varying(10)",
                "character varying(255)": "character varying(100)", "character varying": "character varying(100)",
                "numeric(10,2)": "numeric(8,2)", "timestamp with time zone": "timestamp without time zone",
                "timestamp(3) without time zone": "timestamp(0) without time zone", "boolean": "text",
                "jsonb": "text", "uuid": "text", "text[]": "text", "bytea": "text", "date": "text",
                "double precision": "real", "public.mood": "crm.\"Level\"", "crm.\"Level\"": "public.mood",
            ]
            guard let type = narrower[column.type] else { return nil }
            column.type = type
            return [Found(.type, object, breaking: true)]
        },
        .column("a wider type") { column, object, _ in
            let wider = [
                "integer": "bigint", "bigint": "numeric", "character varying(255)": "text",
                "character varying": "text", "numeric(10,2)": "numeric(12,3)",
                "timestamp(3) without time zone": "timestamp with time zone", "text": "character varying",
            ]
            guard let type = wider[column.type] else { return nil }
            column.type = type
            return [Found(.type, object)]
        },
        .column("forbid NULL", where: \.nullable) { column, object, _ in
            column.nullable = false
            return [Found(.nullability, object, breaking: column.default == nil)]
        },
        .column("allow NULL", where: { !$0.nullable }) { column, object, _ in
            column.nullable = true
            return [Found(.nullability, object)]
        },
        .column("a default by hand", where: { $0.default == nil }) { column, object, _ in
            column.default = "now()"
            return [Found(.default, object, .handMade)]
        },
        .column("no default any more", where: { $0.default != nil }) { column, object, _ in
            column.default = nil
            return [Found(.default, object, breaking: !column.nullable)]
        },
        .column("another default", where: { $0.default != nil }) { column, object, _ in
            column.default = "'other'::text"
            return [Found(.default, object)]
        },
        .column("compute a column", where: { $0.default == nil }) { column, object, _ in
            column.generated = "(1 + 1)"
            return [Found(.generated, object, .handMade, breaking: true)]
        },
        .column("another collation", where: { $0.collation != nil }) { column, object, _ in
            column.collation = "pg_catalog.\"POSIX\""
            return [Found(.collation, object)]
        },
        .column("another comment on a column", where: { $0.comment != nil }) { column, object, _ in
            column.comment = "\u{0}"
            return [Found(.comment, object)]
        },
        .column("the other spelling of an accent", where: { $0.name.unicodeScalars.contains("é") }) {
            column, object, _ in
            let table = String(object.dropLast(SQLIdentifier.quoted(column.name).count))
            column.name = "CRE\u{301}E\u{301}"
            return [
                Found(.missingColumn, object, breaking: true),
                Found(
                    .extraColumn, table + SQLIdentifier.quoted(column.name), .handMade,
                    breaking: !column.nullable && column.default == nil),
            ]
        },
        CatalogMutation("serial becomes identity") { catalog, random in
            let fit = catalog.tables.indices.filter {
                catalog.tables[$0].isOrdinary && catalog.tables[$0].columns[0].default?.hasPrefix("nextval") == true
            }
            guard !fit.isEmpty else { return nil }
            let index = random.pick(fit)
            let table = catalog.tables[index].qualifiedName
            catalog.sequences.removeAll { $0.owner?.table == table }
            catalog.tables[index].columns[0].default = nil
            catalog.tables[index].columns[0].identity = .byDefault
            return [Found(.identity, catalog.tables[index].sql("id"))]
        },
        .table("no identity any more", where: { $0.isOrdinary && $0.columns[0].identity != nil }) { table, _ in
            table.columns[0].identity = nil
            return [Found(.identity, table.sql("id"), breaking: true)]
        },
        .table("the other identity", where: { $0.isOrdinary && $0.columns[0].identity != nil }) { table, _ in
            table.columns[0].identity = .always
            return [Found(.identity, table.sql("id"))]
        },
    ]
}
