import Alembic
import Diagnosis
import Postgres
import Schema
import Testing

@testable import Inspection

/// What is compared with what, and why something is not.
@Suite struct ThreeWayComparisonTests {
    private static func compare(_ rows: [String?], columns: [String]) -> SchemaFacts {
        InspectionFixture.inputs(.success(InspectionFixture.live(.table(rows: rows), columns: columns))).compare()
    }

    @Test(
        arguments: [
            (["c"], ["a", "b", "c"], []), (["b"], ["a", "b"], []), (["c"], ["a", "b"], ["users.c"]),
            // A database that is behind is compared with the migrations at its own rows.
            (["a"], ["a"], []), (["b"], ["a"], ["users.b"]),
            // Redundant and padded rows still say what has run.
            (["a", "c"], ["a", "b", "c"], []), (["b "], ["a", "b"], []),
        ] as [([String?], [String], [String])])
    func columns(rows: [String?], live: [String], missing: [String]) {
        let comparison = Self.compare(rows, columns: live).comparison
        #expect(comparison?.differences.filter { $0.kind == .missingColumn }.map(\.object) == missing)
    }

    @Test(arguments: [[nil], ["zz"], ["head"], ["a", "zz"]] as [[String?]])
    func rowsThatDoNotSayWhatHasRun(rows: [String?]) {
        let facts = Self.compare(rows, columns: ["a"])
        #expect(facts.reason?.contains("the version rows do not say which revisions have run") == true)
    }

    /// What the revisions make shows which of them have run.
    @Test func tablesWithoutVersionRows() {
        let facts = Self.compare([], columns: ["a"])
        #expect(facts.comparison?.pending.filter(\.isApplied).isEmpty == false)
    }

    @Test func aFreshDatabaseIsComparedWithTheBase() {
        let live = InspectionFixture.live(.missing, columns: [], tables: [])
        let facts = InspectionFixture.inputs(.success(live)).compare()
        #expect(facts.comparison?.differences == [])
    }

    @Test func whatIsNotAvailableIsNamed() {
        let live = Result<LiveState, PostgresError>.success(
            InspectionFixture.live(.table(rows: ["c"]), columns: ["a", "b", "c"]))
        func reason(_ expectation: ExpectedSchemaStore.State) -> String? {
            InspectionFixture.inputs(live, expectation: expectation).compare().reason
        }
        #expect(reason(.building())?.contains("still being replayed") == true)
        #expect(reason(.missing("the snapshot is old"))?.contains("the snapshot is old") == true)
        #expect(reason(.failed(InspectionError(.shadowFailed, "x")))?.contains("no shadow") == true)
        #expect(
            InspectionFixture.inputs(live, description: .failure(AlembicError(.environmentFailed, "x"))).compare()
                .reason
                == "env.py did not return its models (project.environmentFailed)")
        #expect(InspectionFixture.inputs(live, description: nil).compare().reason?.contains("could not be run") == true)
        let away = PostgresError(kind: .unreachable, message: "refused")
        #expect(InspectionFixture.inputs(.failure(away)).compare().reason == "the database could not be read")
    }

    @Test func anUnreadableBaselineIsAGap() {
        var inputs = InspectionFixture.inputs(
            .success(InspectionFixture.live(.table(rows: ["c"]), columns: ["a", "b", "c"])))
        inputs.baseline = .failure(InspectionError(.invalidSettings, "the baseline b.json cannot be read"))
        #expect(inputs.compare().gaps == ["the baseline b.json cannot be read"])
    }

    @Test func theExpectedCatalogIsThatOfTheRows() {
        func columns(_ rows: [String?]) -> [String]? {
            InspectionFixture.inputs(.success(InspectionFixture.live(.table(rows: rows), columns: ["a"])))
                .expectedCatalog?.tables.first?.columns.map(\.name)
        }
        #expect(columns(["b"]) == ["a", "b"])
        #expect(columns(["zz"]) == nil)
    }

    /// A database that holds what the baseline dump creates, and no version rows, is fresh.
    @Test func aBaselineIsRecognized() throws {
        let base = InspectionFixture.catalog(["a"])
        let history = InspectionFixture.history(base: base)
        func tables(_ columns: [String], rows: [String?]? = nil) throws -> [TableName] {
            var inputs = InspectionFixture.inputs(
                .success(InspectionFixture.live(rows.map { .table(rows: $0) } ?? .missing, columns: columns)),
                expectation: .ready(InspectionFixture.expected(history)))
            inputs.recognizeBaseline()
            return try inputs.live.get().applicationTables
        }
        #expect(try tables(["a"]).isEmpty)
        #expect(try tables(["a"], rows: []).isEmpty)
        #expect(try tables(["a", "more"]).count == 1, "something was changed since")
        #expect(try tables(["a"], rows: ["a"]).count == 1, "revisions have run")
    }

    /// Diagnoses of an unchanged database share one comparison.
    @Test func comparisonsAreCached() {
        let cache = ComparisonCache()
        func compare(_ fingerprint: String, rows: [String?], columns: [String]) -> SchemaFacts {
            var live = InspectionFixture.live(.table(rows: rows), columns: columns)
            live.fingerprint = fingerprint
            var inputs = DiagnosisInputs(
                folder: "/srv/app",
                project: .success(Project(graph: InspectionFixture.graph, sha256: [:], contentHash: "h")),
                comparisons: cache)
            inputs.description = InspectionFixture.description
            inputs.expectation = .ready(InspectionFixture.expected())
            inputs.projectKey = "k"
            inputs.live = .success(live)
            return inputs.compare()
        }
        let first = compare("f1", rows: ["c"], columns: ["a", "b", "c"])
        // The same fingerprint means the same catalog: it is not compared again.
        #expect(compare("f1", rows: ["c"], columns: ["a"]) == first)
        #expect(compare("f2", rows: ["c"], columns: ["a"]) != first)
        #expect(compare("f2", rows: ["a"], columns: ["a"]).comparison?.differences == [])
    }
}
