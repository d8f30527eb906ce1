import Alembic
import Diagnosis
import FoundationEssentials
import Postgres
import Revisions
import Schema
import Support

@testable import Inspection

/// Inputs of a diagnosis made of values, without a server or Python.
enum InspectionFixture {
    /// a → b → c.
    static let graph = RevisionGraph("a", "b:a", "c:b")

    static let versionTable = TableName(schema: "public", name: "alembic_version")

    /// A table `users` with the given text columns.
    static func catalog(_ columns: [String], table: String = "users") -> Catalog {
        Catalog(
            schemas: ["public"],
            tables: [
                Table(
                    schema: "public", name: table, kind: .table,
                    columns: columns.map { Column(name: $0, type: "text", nullable: true) })
            ])
    }

    /// Each revision adds the column of its name.
    static func history(base: Catalog = Catalog(schemas: ["public"], tables: [])) -> SchemaHistory {
        var history = SchemaHistory(base: base, versionTables: [versionTable])
        history.append(revision: "a", rows: ["a"], catalog: catalog(["a"]))
        history.append(revision: "b", rows: ["b"], catalog: catalog(["a", "b"]))
        history.append(revision: "c", rows: ["c"], catalog: catalog(["a", "b", "c"]))
        return history
    }

    static func expected(_ history: SchemaHistory? = history(), models: Catalog? = nil) -> ExpectedSchema {
        ExpectedSchema(
            key: "k", contentHash: "h", madeAt: "now", history: history, models: models, notCreated: [], problems: [])
    }

    static func live(
        _ presence: VersionTableFacts.Presence, columns: [String], tables: [TableName]? = nil
    ) -> LiveState {
        var live = LiveState(
            server: ServerFacts(version: "15.4"),
            versionTable: VersionTableFacts(schema: "public", presence: presence, columnWidth: 32),
            applicationTables: tables ?? [TableName(schema: "public", name: "users")],
            catalog: columns.isEmpty ? Catalog(schemas: ["public"], tables: []) : catalog(columns))
        live.fingerprint = "f1"
        return live
    }

    /// As the runner reports it.
    static let description = Result {
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
    }.mapError { AlembicError(.runnerLost, "\($0)") }

    static func inputs(
        _ live: Result<LiveState, PostgresError>, expectation: ExpectedSchemaStore.State = .ready(expected()),
        description: Result<ProjectDescription, AlembicError>? = description
    ) -> DiagnosisInputs {
        var inputs = DiagnosisInputs(
            folder: "/srv/app", project: .success(Project(graph: graph, sha256: [:], contentHash: "h")))
        inputs.description = description
        inputs.live = live
        inputs.expectation = expectation
        inputs.projectKey = "k"
        return inputs
    }
}

extension SchemaFacts {
    var comparison: SchemaComparison? { if case .compared(let comparison, _) = self { comparison } else { nil } }
    var gaps: [String] { if case .compared(_, let gaps) = self { gaps } else { [] } }
    var reason: String? { if case .notCompared(let reason) = self { reason } else { nil } }
}
