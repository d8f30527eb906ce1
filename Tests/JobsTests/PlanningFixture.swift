import Alembic
import Diagnosis
import FoundationEssentials
import Revisions
import Schema
import Support

@testable import Inspection

/// Project and database made of values, as a plan is made from them.
enum PlanningFixture {
    /// a → b → c.
    static let graph = RevisionGraph("a", "b:a", "c:b")

    /// A table `users` with the given text columns.
    static func catalog(_ columns: [String]) -> Catalog {
        Catalog(
            schemas: ["public"],
            tables: [
                Table(
                    schema: "public", name: "users", kind: .table,
                    columns: columns.map { Column(name: $0, type: "text", nullable: true) })
            ])
    }

    /// As the runner reports env.py.
    static func description() throws -> ProjectDescription {
        try JSONDecoder().decode(
            ProjectDescription.self,
            from: Data(
                """
                {"pythonVersion": "3.11.2", "alembicVersion": "1.20.1", "sqlalchemyVersion": "2.0.36",
                 "versionTable": {"name": "alembic_version", "resolvedSchema": "public"}, "currentUser": "app",
                 "searchPath": "public", "visibleSchemas": ["public"],
                 "versionColumnWidth": 32, "transactionPerMigration": false, "compareType": true,
                 "compareServerDefault": false, "files": [], "folders": []}
                """.utf8))
    }

    /// - Parameters:
    ///   - live: the columns of `users`; nil is a database without tables.
    ///   - expected: the columns that the migrations create at the live rows; nil is unknown.
    ///   - models: the columns that the models need; nil where nothing was compared.
    ///   - failure: why env.py could not be run; nil when it could.
    static func inputs(
        _ presence: VersionTableFacts.Presence, graph: RevisionGraph = graph, contentHash: String = "h",
        live columns: [String]? = ["id"], expected: [String]? = nil, models: [String]? = nil,
        failure: InspectionError? = nil
    ) throws -> PlanningInputs {
        let catalog = columns.map(catalog) ?? Catalog(schemas: ["public"], tables: [])
        let live = LiveState(
            server: ServerFacts(version: "15.4"),
            versionTable: VersionTableFacts(schema: "public", presence: presence, columnWidth: 32),
            applicationTables: columns == nil ? [] : [TableName(schema: "public", name: "users")], catalog: catalog)
        var facts = Facts(database: "main", graph: graph)
        if let models {
            let sides = SchemaSides(
                live: catalog,
                migrations: expected.map {
                    SchemaSides.Migrations(
                        expected: Self.catalog($0), heads: Self.catalog($0),
                        managed: SchemaHistory(base: catalog).managed)
                },
                models: .created(Self.catalog(models)))
            facts.schema = .compared(SchemaComparison(sides), gaps: [])
        }
        let described: Result<ProjectDescription, InspectionError> =
            if let failure { .failure(failure) } else { .success(try description()) }
        return PlanningInputs(
            project: Project(graph: graph, sha256: [:], contentHash: contentHash), live: live,
            expected: expected.map(Self.catalog), diagnosis: DatabaseDiagnosis(facts: facts), described: described)
    }
}
