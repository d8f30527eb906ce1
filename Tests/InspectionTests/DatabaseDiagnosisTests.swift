import Alembic
import Diagnosis
import Postgres
import Revisions
import Schema
import Support
import Testing

@testable import Inspection

/// What a diagnosis keeps of its inputs.
@Suite struct DatabaseDiagnosisTests {
    private static func diagnosis(
        _ rows: [String?] = ["c"], columns: [String] = ["a", "b", "c"],
        expectation: ExpectedSchemaStore.State = .ready(InspectionFixture.expected()), models: ModelSchema? = nil
    ) throws -> DatabaseDiagnosis {
        var description = try InspectionFixture.description.get()
        description.models = models
        return DatabaseDiagnosis(
            InspectionFixture.inputs(
                .success(InspectionFixture.live(.table(rows: rows), columns: columns)), expectation: expectation,
                description: .success(description)), database: "main")
    }

    private static func models(_ columns: [String]) -> ModelSchema {
        ModelSchema(
            tables: [
                ModelTable(name: "users", columns: columns.map { ModelColumn(name: $0, type: "TEXT", nullable: true) })
            ], defaultSchema: "public")
    }

    @Test func aDatabaseInSync() throws {
        let diagnosis = try Self.diagnosis(models: Self.models(["a", "b", "c"]))
        #expect(diagnosis.database == "main" && diagnosis.isReachable && diagnosis.rows == ["c"])
        #expect(diagnosis.graph?.heads == ["c"] && diagnosis.fingerprint == "f1")
        #expect(diagnosis.hasModels && diagnosis.hasMigrations)
        #expect(diagnosis.comparison?.differences == [] && diagnosis.missingObjects == [])
        #expect(diagnosis.assessment.verdict == .inSync && diagnosis.assessment.pending == [])
    }

    @Test func withoutModelsAndReplay() throws {
        let diagnosis = try Self.diagnosis(expectation: .building())
        #expect(!diagnosis.hasModels && !diagnosis.hasMigrations && diagnosis.imageCompatibility == nil)
        #expect(diagnosis.comparison == nil && diagnosis.missingObjects == nil)
    }

    @Test func aDatabaseThatCannotBeRead() {
        let error = PostgresError(kind: .unreachable, message: "connection refused")
        let diagnosis = DatabaseDiagnosis(
            InspectionFixture.inputs(.failure(error), expectation: .missing("nothing"), description: nil),
            database: "main")
        #expect(!diagnosis.isReachable && diagnosis.rows == nil && diagnosis.fingerprint == nil)
        #expect(diagnosis.comparison == nil && diagnosis.missingObjects == nil && diagnosis.imageCompatibility == nil)
        #expect(diagnosis.assessment.findings.map(\.code).contains("server.unreachable"))
        #expect(diagnosis.graph?.heads == ["c"], "the project was read all the same")
    }

    /// Only missing relations and columns that break statements count before and after a migration.
    @Test func missingObjects() throws {
        let diagnosis = try Self.diagnosis(columns: ["a", "x"], models: Self.models(["a", "b"]))
        #expect(diagnosis.comparison?.differences.map(\.object) == ["users.b", "users.c", "users.x"])
        #expect(diagnosis.missingObjects?.map(\.object) == ["users.b"], "no model maps c, and x is not missing")
        #expect(diagnosis.missingObjects?.first?.blame == .drift)
    }

    /// They are found without a replay as well.
    @Test func missingObjectsWithoutReplay() throws {
        let diagnosis = try Self.diagnosis(
            columns: ["a"], expectation: .missing("there is no shadow"), models: Self.models(["a", "b"]))
        #expect(diagnosis.missingObjects?.map(\.object) == ["users.b"] && diagnosis.hasModels)
    }

    @Test func age() {
        let readAt = ContinuousClock.now
        let diagnosis = DatabaseDiagnosis(facts: Facts(database: "main"), readAt: readAt)
        #expect(diagnosis.ageMs(at: readAt) == 0)
        #expect(diagnosis.ageMs(at: readAt + .milliseconds(1_500)) == 1_500)
        #expect(diagnosis.ageMs(at: readAt + .microseconds(1_999)) == 1)
        #expect(diagnosis.ageMs(at: readAt - .seconds(1)) == 0, "a caller's clock reading may be older")
    }

    /// env.py may have run for a while before the database was read.
    @Test func theAgeIsThatOfTheRead() throws {
        var inputs = InspectionFixture.inputs(.success(InspectionFixture.live(.missing, columns: [])))
        inputs.readAt = .now - .seconds(40)
        #expect(DatabaseDiagnosis(inputs, database: "main").ageMs() >= 40_000)
    }

    @Test func imagesThatTheSchemaServes() throws {
        let diagnosis = try Self.diagnosis(["c"], columns: ["a", "b", "c"])
        let compatibility = try #require(diagnosis.imageCompatibility)
        #expect(compatibility.serves(["b"], InspectionFixture.graph) == true)
        let narrowed = try #require(try Self.diagnosis(["c"], columns: ["a", "c"]).imageCompatibility)
        #expect(narrowed.serves(["b"], InspectionFixture.graph) == false)
    }

    /// A catalog without definitions decides nothing about images.
    @Test func noCompatibilityWithoutDefinitions() {
        var live = InspectionFixture.live(.table(rows: ["c"]), columns: ["a", "b", "c"])
        live.hasDefinitions = false
        #expect(InspectionFixture.inputs(.success(live)).imageCompatibility == nil)
    }

    /// Where the version table is locked, the last diagnosis is shown with one more finding.
    @Test func aLockedVersionTableWithoutOtherFindings() throws {
        let diagnosis = try Self.diagnosis(models: Self.models(["a", "b", "c"]))
        let locked = diagnosis.withLockedVersionTable("lock timeout", holders: [])
        #expect(locked.assessment.findings.count == diagnosis.assessment.findings.count + 1)
        #expect(locked.assessment.findings.first?.code == "server.locked")
        #expect(locked.rows == ["c"] && locked.fingerprint == "f1", "everything else is as it was read last")
    }
}

/// Decisions about images are kept up to a limit, because clients choose the heads.
@Suite struct ImageDecisionTests {
    private static func compatibility() -> ImageCompatibility {
        ImageCompatibility(
            InspectionFixture.history(), live: InspectionFixture.catalog(["a", "b", "c"]), versionTables: [],
            defaultSchema: "public")
    }

    @Test func theOrderOfHeadsDoesNotMatter() {
        let compatibility = Self.compatibility()
        #expect(compatibility.serves(["b", "a"], InspectionFixture.graph) == true)
        #expect(compatibility.knows(["a", "b"]) && compatibility.knows(["b", "a", "b"]))
        #expect(!compatibility.knows(["a"]) && !compatibility.knows([]))
    }

    @Test func anUndecidedImageIsKeptToo() {
        var history = SchemaHistory(base: Catalog(schemas: ["public"], tables: []))
        history.fail(revision: "a", message: "no such type")
        let compatibility = ImageCompatibility(
            history, live: InspectionFixture.catalog(["a"]), versionTables: [], defaultSchema: "public")
        #expect(compatibility.serves(["a"], InspectionFixture.graph) == nil)
        #expect(compatibility.knows(["a"]))
        #expect(compatibility.serves(["a"], InspectionFixture.graph) == nil)
    }

    @Test func onlySomeDecisionsAreKept() {
        let compatibility = Self.compatibility()
        let images = (0..<64).map { ["b", "unknown\($0)"] }
        for heads in images { _ = compatibility.serves(heads, InspectionFixture.graph) }
        #expect(images.allSatisfy(compatibility.knows))
        #expect(compatibility.serves(["a"], InspectionFixture.graph) == true)
        #expect(compatibility.knows(["a"]) && !images.contains(where: compatibility.knows))
    }

    /// The version table of the live database and that of the replay are no part of the schema.
    @Test func versionTablesAreLeftOut() {
        let versionTable = TableName(schema: "public", name: "alembic_version")
        var live = InspectionFixture.catalog(["a", "b", "c"])
        live.tables.append(InspectionFixture.catalog(["version_num"], table: "alembic_version").tables[0])
        let base = InspectionFixture.catalog(["version_num", "more"], table: "alembic_version")
        var history = SchemaHistory(base: base)
        history.append(revision: "a", rows: ["a"], catalog: base)
        func serves(_ versionTables: [TableName]) -> Bool? {
            ImageCompatibility(history, live: live, versionTables: versionTables, defaultSchema: "public")
                .serves(["a"], InspectionFixture.graph)
        }
        #expect(serves([versionTable]) == true && serves([]) == false)
    }
}
