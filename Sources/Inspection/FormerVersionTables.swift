import Alembic
import Diagnosis
import Postgres
import Revisions
import Schema

extension DiagnosisInputs {
    /// The tables in which this project recorded its revisions before env.py named another one; empty while the version
    /// table has rows.
    func formerVersionTables(_ live: LiveState) -> [FormerVersionTable] {
        guard live.versionTable.rows?.isEmpty ?? live.versionTable.isMissing,
            let graph = try? project.get().graph, (try? description?.get()) != nil
        else { return [] }
        return live.otherVersionTables.compactMap { table in
            let rows = table.rows.compactMap(\.self)
            let classification = RowClassification(rows: table.rows, graph: graph)
            guard !rows.isEmpty, classification.isLegitimate, !isOfAnotherInstallation(table, live),
                projectTables(live)?.isEmpty != true || makesNoTables(graph.closure(of: rows))
            else { return nil }
            let name = TableName(schema: table.schema, name: table.name)
            return FormerVersionTable(name: name, rows: rows, move: Self.move(name, live))
        }
    }

    /// Whether the table's schema has tables of this project that env.py would use in another schema, as with a schema for
    /// each tenant.
    private func isOfAnotherInstallation(_ table: VersionTable, _ live: LiveState) -> Bool {
        let own = (expected?.history?.managed ?? []).filter { $0.category == .relation && $0.schema != table.schema }
        var names = Set(own.map(\.name))
        for name in (try? description?.get())?.models?.names ?? [] where name.schema != table.schema {
            names.insert(name.name)
        }
        let others = Set(own.map { TableName(schema: table.schema, name: $0.name) })
        return live.catalog.tables.contains {
            $0.schema == table.schema && $0.name != table.name
                && (others.contains($0.qualifiedName) || names.contains($0.name))
        }
    }

    /// Whether these revisions leave no tables, so that a database without tables is as they say.
    private func makesNoTables(_ closure: Set<String>) -> Bool {
        guard let catalog = expected?.history?.catalog(containing: closure) else { return false }
        return catalog.tables.isEmpty
    }

    private static func move(_ name: TableName, _ live: LiveState) -> [String] {
        let target = live.versionTableName
        let moved = TableName(schema: target.schema, name: name.name)
        let relations = live.catalog.tables.filter { $0.schema == target.schema }
            .flatMap { [$0.name] + $0.indexes.map(\.name) + $0.constraints.map(\.name) }
        let table = live.catalog.tables.first { $0.qualifiedName == name }
        let own = [name.name] + (table?.indexes.map(\.name) ?? []) + (table?.constraints.map(\.name) ?? [])
        guard live.versionTable.isMissing,
            name.schema == target.schema || Set(relations).isDisjoint(with: own)
        else { return [] }
        var statements: [String] = []
        if name.schema != target.schema {
            let schema = SQLIdentifier.quoted(target.schema)
            if !live.catalog.schemas.contains(target.schema) { statements.append("CREATE SCHEMA \(schema);") }
            statements.append("ALTER TABLE \(name.sql()) SET SCHEMA \(schema);")
        }
        if name.name != target.name {
            statements.append("ALTER TABLE \(moved.sql()) RENAME TO \(SQLIdentifier.quoted(target.name));")
        }
        return statements
    }
}
