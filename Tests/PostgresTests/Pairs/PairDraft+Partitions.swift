import Schema

/// Generates partitioned tables and inheritance.
extension PairDraft {
    mutating func makePartitionedTable() {
        var table = TableDraft(name: place("parted"))
        let isList = random.oneIn(2)
        table.columns = [
            ColumnDraft(name: name("k"), kind: ColumnKind.all[isList ? 8 : 0], isNotNull: true, isUsed: true)
        ]
        table.partitionKey = [table.columns[0].name]
        table.key = table.partitionKey
        table.isPartitioned = true
        table.hasChildren = true
        addColumns(random.number(2..<5), to: &table)
        let key = "\(isList ? "LIST" : "RANGE") (\(table.columns[0].name.quoted))"
        finish(&table, tail: " PARTITION BY \(key)")
        let bounds = isList ? ["IN ('a', 'b')", "IN ('ü', NULL)"] : ["FROM (1) TO (100)", "FROM (100) TO (MAXVALUE)"]
        for (index, bound) in bounds.enumerated() {
            let partition = TableName(schema: table.name.schema, name: name("part"))
            step(.children, "CREATE TABLE \(partition.quoted) PARTITION OF \(table.name.quoted) FOR VALUES \(bound)")
            tables.append(TableDraft(name: partition, isPartition: true, parent: table.name, isUsed: true))
            let subject = [partition.subject(), table.name.subject()]
            propose(
                "drop partition", ["DROP TABLE \(partition.quoted)"], touching: subject,
                [.init(.missingTable, partition.shown)])
            let alter = "ALTER TABLE \(table.name.quoted)"
            let detach = "\(alter) DETACH PARTITION \(partition.quoted)"
            let attach = "\(alter) ATTACH PARTITION \(partition.quoted) FOR VALUES"
            let other = isList ? "IN ('x\(index)')" : "FROM (\(1000 * index - 500)) TO (\(1000 * index - 490))"
            if index == 1 || isList {
                propose(
                    "partition bound", [detach, "\(attach) \(isList ? other : "FROM (100) TO (5000)")"],
                    touching: subject,
                    [.init(.partitioning, partition.shown)])
            }
            propose("same partition", [detach, "\(attach) \(bound)"], touching: subject, [])
            if !isUnnamed {
                propose("detach partition", [detach], touching: subject, [.init(.partitioning, partition.shown)])
            }
        }
        let extra = TableName(schema: table.name.schema, name: name("extra"))
        propose(
            "create partition",
            ["CREATE TABLE \(extra.quoted) PARTITION OF \(table.name.quoted) DEFAULT"],
            touching: [table.name.subject()],
            [], unmanaged: ["partition \(extra.shown)"])
    }

    mutating func makeChildTable() {
        guard let index = tables.firstIndex(where: { $0.isOrdinary && $0.columns[0].identity == nil }) else { return }
        tables[index].hasChildren = true
        tables[index].isUsed = true
        let parent = tables[index].name
        let child = place("child")
        let column = name("own").quoted
        step(.children, "CREATE TABLE \(child.quoted) (\(column) integer DEFAULT 1) INHERITS (\(parent.quoted))")
        tables.append(TableDraft(name: child, isPartition: true, parent: parent, isUsed: true))
        let subject = [child.subject(), parent.subject()]
        propose(
            "no inherit", ["ALTER TABLE \(child.quoted) NO INHERIT \(parent.quoted)"], touching: subject,
            [.init(.inheritance, child.shown)])
        propose(
            "drop child", ["DROP TABLE \(child.quoted)"], touching: subject,
            [.init(.missingTable, child.shown, breaking: true)])
    }
}
