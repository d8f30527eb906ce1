import Schema

extension CatalogMutation {
    static let ofTables: [CatalogMutation] = [
        CatalogMutation("drop a table") { catalog, random in
            let fit = catalog.tables.indices.filter { catalog.tables[$0].isOrdinary }
            guard !fit.isEmpty else { return nil }
            let table = catalog.tables.remove(at: random.pick(fit))
            catalog.sequences.removeAll { $0.owner?.table == table.qualifiedName }
            return [Found(.missingTable, table.sql(), breaking: true)]
        },
        CatalogMutation("drop a partitioned table") { catalog, _ in
            catalog.tables.removeAll { $0.kind == .partitioned || $0.isPartition }
            return [Found(.missingTable, "\"Events\"", breaking: true)]
        },
        CatalogMutation("drop a partition") { catalog, random in
            let fit = catalog.tables.indices.filter { catalog.tables[$0].isPartition }
            let table = catalog.tables.remove(at: random.pick(fit))
            return [Found(.missingTable, table.sql())]
        },
        CatalogMutation("add a partition") { catalog, _ in
            guard let parent = catalog.tables.first(where: { $0.kind == .partitioned }) else { return nil }
            catalog.tables.append(RandomCatalog.partition(of: parent, year: 2030))
            return []
        },
        CatalogMutation("add a table") { catalog, _ in
            catalog.tables.append(
                Table(
                    schema: "public", name: "hand \"made\"", kind: .table,
                    columns: [Column(name: "id", type: "integer", nullable: false)]))
            catalog.sequences.append(
                Sequence(
                    schema: "public", name: "hand_seq",
                    owner: .init(table: TableName(schema: "public", name: "hand \"made\""), column: "id")))
            return []
        },
        .table("log or not") { table, _ in
            table.isUnlogged.toggle()
            return [Found(.unlogged, table.sql())]
        },
        .table("row-level security") { table, _ in
            table.rowSecurity = table.rowSecurity == .forced ? .off : .forced
            return [Found(.rowSecurity, table.sql())]
        },
        .table("a table becomes partitioned") { table, _ in
            table.kind = .partitioned
            table.partitionKey = "HASH (id)"
            return [Found(.tableKind, table.sql())]
        },
        .table("another comment", where: { $0.comment != nil }) { table, _ in
            table.comment? += "!"
            return [Found(.comment, table.sql())]
        },
        .table("detach a partition", where: \.isPartition) { table, _ in
            table.partitionBound = nil
            table.parents = []
            for index in table.columns.indices { table.columns[index].isInherited = false }
            for index in table.constraints.indices { table.constraints[index].isInherited = false }
            for index in table.indexes.indices { table.indexes[index].isInherited = false }
            return [Found(.partitioning, table.sql())]
        },
        .table("move a partition", where: \.isPartition) { table, _ in
            table.partitionBound = "DEFAULT"
            return [Found(.partitioning, table.sql())]
        },
        .table("partition by something else", where: { $0.kind == .partitioned }) { table, _ in
            table.partitionKey = "LIST (kind)"
            return [Found(.partitioning, table.sql())]
        },
        .table("end an inheritance", where: { !$0.parents.isEmpty && !$0.isPartition }) { table, _ in
            table.parents = []
            for index in table.columns.indices { table.columns[index].isInherited = false }
            for index in table.constraints.indices { table.constraints[index].isInherited = false }
            return [Found(.inheritance, table.sql())]
        },
        CatalogMutation("drop a column of a partitioned table") { catalog, _ in
            for index in catalog.tables.indices
            where catalog.tables[index].kind == .partitioned || catalog.tables[index].isPartition {
                catalog.tables[index].columns.removeAll { $0.name == "id" }
            }
            return [Found(.missingColumn, "\"Events\".id", breaking: true)]
        },
        CatalogMutation("drop an index of a partitioned table") { catalog, _ in
            for index in catalog.tables.indices
            where catalog.tables[index].kind == .partitioned || catalog.tables[index].isPartition {
                catalog.tables[index].indexes = []
            }
            return [Found(.missingIndex, "ix_events")]
        },
        CatalogMutation("drop an inherited column") { catalog, random in
            guard let child = catalog.tables.firstIndex(where: { !$0.parents.isEmpty && !$0.isPartition }),
                let parent = catalog.tables.firstIndex(where: {
                    $0.qualifiedName == catalog.tables[child].parents[0]
                })
            else { return nil }
            let fit = catalog.tables[parent].columns.dropFirst().filter { !catalog.tables[parent].uses($0) }
            guard !fit.isEmpty else { return nil }
            let column = random.pick(fit)
            for index in [child, parent] { catalog.tables[index].columns.removeAll { $0.isExactly(column.name) } }
            return [Found(.missingColumn, catalog.tables[parent].sql(column.name), breaking: true)]
        },
        .table("another order of columns") { table, random in
            table.columns.shuffle(using: &random)
            return []
        },
    ]
}

extension Column {
    func isExactly(_ name: String) -> Bool { Array(self.name.utf8) == Array(name.utf8) }
}
