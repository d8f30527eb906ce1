import Diagnosis
import Revisions
import Schema

/// Facts for tests: a small project of three revisions in a line, and databases in various states.
enum Sample {
    static let first = "000000000000", second = "111111111111", head = "222222222222"
    static let longId = "ensure_all_prospect_columns_final"  // 33 characters

    static func revision(
        _ id: String, _ down: String..., dependsOn: [String] = [], labels: [String] = []
    ) -> Revision {
        Revision(
            id: id, down: down, dependsOn: dependsOn, labels: labels, file: "alembic/versions/\(id)_x.py", doc: "",
            source: .static)
    }

    static let line = [revision(first), revision(second, first), revision(head, second)]
    static let graph = RevisionGraph(revisions: line, problems: [])
    static let tables = [TableName(schema: "public", name: "prospects")]

    static let models = ModelSchema(
        tables: [
            ModelTable(
                name: "prospects",
                columns: ["id", "email", "bio_text"].map { ModelColumn(name: $0, type: "TEXT", nullable: true) })
        ], defaultSchema: "public")

    /// The models compared with a table `prospects` of these columns, or with no table if nil.
    static func schema(_ columns: [String]?) -> SchemaFacts {
        let table = columns.map { columns in
            Table(
                schema: "public", name: "prospects", kind: .table,
                columns: columns.map { Column(name: $0, type: "text", nullable: true) })
        }
        return compared(models, Catalog(tables: table.map { [$0] } ?? []))
    }

    /// Without a shadow.
    static func compared(_ models: ModelSchema, _ live: Catalog) -> SchemaFacts {
        let sides = SchemaSides(live: live, liveHasDefinitions: false, models: .described(models))
        return .compared(SchemaComparison(sides), gaps: ["there is no shadow"])
    }

    static let complete = schema(["id", "email", "bio_text"])
    static let withoutColumn = schema(["id", "email"])
    static let withoutTable = schema(nil)

    static func table(
        _ presence: VersionTableFacts.Presence, name: String = "alembic_version", width: Int? = 32
    ) -> VersionTableFacts {
        VersionTableFacts(schema: "public", name: name, presence: presence, columnWidth: width)
    }

    /// A used database with these version rows, everything else as it should be.
    static func rows(_ rows: String?...) -> Facts { facts(table(.table(rows: rows))) }

    /// A used database with this version table, everything else as it should be.
    static func facts(
        _ versionTable: VersionTableFacts? = table(.table(rows: [head])), graph: RevisionGraph? = graph,
        tables: [TableName]? = tables, schema: SchemaFacts = complete
    ) -> Facts {
        Facts(
            database: "main", server: ServerFacts(version: "15.10"), graph: graph, versionTable: versionTable,
            applicationTables: tables, schema: schema)
    }

    static func with(_ facts: Facts, _ change: (inout Facts) -> Void) -> Facts {
        var facts = facts
        change(&facts)
        return facts
    }
}
