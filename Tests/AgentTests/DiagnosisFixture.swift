import Diagnosis
import Revisions
import Schema
import Support

@testable import Inspection

/// Diagnoses made of values, without a server or a project.
enum DiagnosisFixture {
    /// a → b → c.
    static let graph = RevisionGraph("a", "b:a", "c:b")

    static func diagnosis(
        rows: [String?]?, graph: RevisionGraph? = graph, reachability: Reachability = .reachable,
        isMissing: Bool = false, schema: SchemaFacts = .notCompared(because: "nothing was compared"),
        fingerprint: String? = "f1"
    ) -> DatabaseDiagnosis {
        var facts = Facts(database: "main", reachability: reachability, graph: graph, schema: schema)
        facts.applicationTables = [TableName(schema: "public", name: "users")]
        if reachability == .reachable { facts.server = ServerFacts(version: "15.4") }
        if let rows {
            facts.versionTable = VersionTableFacts(schema: "public", presence: .table(rows: rows), columnWidth: 32)
        } else if isMissing {
            facts.versionTable = VersionTableFacts(schema: "public", presence: .missing)
        }
        var diagnosis = DatabaseDiagnosis(facts: facts)
        diagnosis.fingerprint = fingerprint
        return diagnosis
    }

    static func catalog(_ columns: [String]) -> Catalog {
        Catalog(
            schemas: ["public"],
            tables: [
                Table(
                    schema: "public", name: "users", kind: .table,
                    columns: columns.map { Column(name: $0, type: "text", nullable: true) })
            ])
    }

    /// A history of three revisions, each of which adds one column to `users`.
    static func history() -> SchemaHistory {
        var history = SchemaHistory(base: Catalog(schemas: ["public"], tables: []))
        history.append(revision: "a", rows: ["a"], catalog: catalog(["a"]))
        history.append(revision: "b", rows: ["b"], catalog: catalog(["a", "b"]))
        history.append(revision: "c", rows: ["c"], catalog: catalog(["a", "b", "c"]))
        return history
    }

    /// The comparison of live columns with those that the migrations create at a revision.
    static func compared(live: [String], at revision: String) -> SchemaFacts {
        let history = history()
        let sides = SchemaSides(
            live: catalog(live),
            migrations: history.catalog(containing: graph.closure(of: [revision])).map {
                SchemaSides.Migrations(expected: $0, heads: history.last, managed: history.managed)
            },
            models: .created(history.last))
        return .compared(SchemaComparison(sides), gaps: [])
    }

    static func compatibility(live: [String]) -> ImageCompatibility {
        ImageCompatibility(history(), live: catalog(live), versionTables: [], defaultSchema: "public")
    }
}
