import Diagnosis
import Postgres
import Revisions
import Schema
import Support
import Testing

@testable import Alembic
@testable import Inspection

/// Which models and migrations take part in a comparison, and what it leaves out.
@Suite struct ComparedSidesTests {
    /// A table `users` with the given text columns and indexes on the first one.
    private static func catalog(_ columns: [String], indexes: [String] = [], default text: String? = nil) -> Catalog {
        var catalog = InspectionFixture.catalog(columns)
        catalog.serverVersion = 150_010
        catalog.tables[0].indexes = indexes.map { Index(name: $0, definition: "USING btree (a)") }
        catalog.tables[0].columns[0].default = text
        return catalog
    }

    private static func described(_ columns: [String]) -> ModelSchema {
        ModelSchema(
            tables: [
                ModelTable(name: "users", columns: columns.map { ModelColumn(name: $0, type: "TEXT", nullable: true) })
            ], defaultSchema: "public")
    }

    /// A replay of one revision, `a`, that creates this catalog.
    private static func history(_ catalog: Catalog) -> SchemaHistory {
        var history = SchemaHistory(base: Catalog(schemas: ["public"], tables: []))
        history.append(revision: "a", rows: ["a"], catalog: catalog)
        return history
    }

    /// Inputs of a database at revision `a`, with the catalog of the migrations.
    private static func inputs(
        _ migrations: Catalog, live: Catalog? = nil, created: Catalog? = nil, described: ModelSchema? = nil,
        notCreated: [String] = []
    ) throws -> DiagnosisInputs {
        var state = InspectionFixture.live(.table(rows: ["a"]), columns: ["a"])
        state.catalog = live ?? migrations
        var expected = InspectionFixture.expected(history(migrations), models: created)
        expected.notCreated = notCreated.map { ModelCreation.Failure(object: $0, message: "no") }
        var description = try InspectionFixture.description.get()
        description.models = described
        var inputs = InspectionFixture.inputs(
            .success(state), expectation: .ready(expected), description: .success(description))
        inputs.project = .success(Project(graph: RevisionGraph("a"), sha256: [:], contentHash: "h"))
        return inputs
    }

    private static func advice(_ inputs: DiagnosisInputs) -> [String]? {
        inputs.compare().comparison?.advice.map { "\($0.kind) \($0.object)" }
    }

    /// Created models show indexes; described ones only tables and columns.
    @Test func createdModelsTakePrecedence() throws {
        let migrations = Self.catalog(["a"])
        let models = Self.catalog(["a", "b"], indexes: ["ix"])
        #expect(
            Self.advice(try Self.inputs(migrations, created: models, described: Self.described(["a"])))
                == ["missingColumn users.b", "missingIndex ix"])
        #expect(
            Self.advice(try Self.inputs(migrations, described: Self.described(["a", "b"])))
                == ["missingColumn users.b"])
        #expect(Self.advice(try Self.inputs(migrations)) == [], "there are no models")
    }

    /// A table that could not be created is not missing from the models: what env.py returned is used instead.
    @Test func modelsThatCouldNotBeCreated() throws {
        let inputs = try Self.inputs(
            Self.catalog(["a"]), created: Catalog(tables: []), described: Self.described(["a", "b"]),
            notCreated: ["table users"])
        #expect(Self.advice(inputs) == ["missingColumn users.b"])
        #expect(
            inputs.compare().gaps == ["table users of the models could not be created in the shadow: no"])
    }

    /// The models lack an index only because the shadow could not create it.
    @Test func indexesThatCouldNotBeCreated() throws {
        let migrations = Self.catalog(["a"], indexes: ["ix"])
        let models = Self.catalog(["a", "b"])
        #expect(
            Self.advice(try Self.inputs(migrations, created: models))
                == ["missingColumn users.b", "extraIndex ix"])
        let inputs = try Self.inputs(migrations, created: models, notCreated: ["index ix"])
        #expect(Self.advice(inputs) == ["missingColumn users.b"])
        #expect(inputs.compare().gaps.count == 1)
    }

    /// An index that the live database lacks is still drift.
    @Test func missingIndexesOfTheDatabaseStay() throws {
        let migrations = Self.catalog(["a"], indexes: ["ix"])
        let inputs = try Self.inputs(
            migrations, live: Self.catalog(["a"]), created: Self.catalog(["a"]), notCreated: ["index ix"])
        #expect(inputs.compare().comparison?.differences.map(\.kind) == [.missingIndex])
    }

    @Test func tablesThatTheProjectHides() throws {
        var inputs = try Self.inputs(Self.catalog(["a"]), created: Self.catalog(["a", "b"]))
        #expect(Self.advice(inputs) == ["missingColumn users.b"])
        guard case .ready(var expected) = inputs.expectation else { return }
        expected.hiddenTables = [TableName(schema: "public", name: "users")]
        inputs.expectation = .ready(expected)
        inputs.projectKey = "another"
        #expect(Self.advice(inputs) == [])
    }

    @Test func ignoredAndAcceptedDifferences() throws {
        var inputs = try Self.inputs(Self.catalog(["a", "b", "c"]), live: Self.catalog(["a"]))
        let all = try #require(inputs.compare().comparison)
        #expect(all.differences.map(\.object) == ["users.b", "users.c"])
        inputs.ignore = [try IgnoreRule(parsing: "column:users.b")]
        inputs.baseline = .success(Baseline(accepting: [all.differences[1]], createdAt: "2024-05-01T00:00:00Z"))
        inputs.baselineReads = 1
        let rest = try #require(inputs.compare().comparison)
        #expect(rest.differences.isEmpty && rest.ignored.map(\.rule) == ["column:users.b"])
        #expect(rest.accepted.map(\.object) == ["users.c"])
    }

    /// While definitions could not be read, only structure is compared.
    @Test func aCatalogWithoutDefinitions() throws {
        var inputs = try Self.inputs(
            Self.catalog(["a", "b"], default: "'x'::text"), live: Self.catalog(["a"], default: "'y'::text"))
        #expect(inputs.compare().comparison?.differences.map(\.kind) == [.missingColumn, .default])
        var live = try inputs.live.get()
        live.hasDefinitions = false
        inputs.live = .success(live)
        let structure = inputs.compare().comparison
        #expect(structure?.differences.map(\.kind) == [.missingColumn])
        #expect(structure?.notComparable.map(\.kind) == [.definitions])
    }

    /// Two texts that may mean the same: a shadow's wording decides, and until then the comparison has a gap.
    @Test func expressionsThatAreStillNormalized() throws {
        let grouped = "((lower('A'::text)) || 'b'::text)"
        let plain = "(lower('A'::text) || 'b'::text)"
        var inputs = try Self.inputs(Self.catalog(["a"], default: plain), live: Self.catalog(["a"], default: grouped))
        let undecided = try #require(inputs.compare().comparison)
        #expect(undecided.notComparable.map(\.kind) == [.default] && undecided.textsToParse.count == 2)
        inputs.normalized.canGrow = true
        #expect(inputs.compare().gaps == ["some definitions are still being normalized in the background"])
        // Both were tried, and the shadow accepted none.
        inputs.normalized.attempted = Set(undecided.textsToParse)
        #expect(inputs.compare().gaps.isEmpty && inputs.compare().comparison?.notComparable.count == 1)
        inputs.normalized.texts = Dictionary(uniqueKeysWithValues: undecided.textsToParse.map { ($0, plain) })
        inputs.projectKey = nil
        #expect(inputs.compare().comparison?.notComparable == [] && inputs.compare().comparison?.differences == [])
    }

    /// A replay that stopped before the live rows cannot say what they create.
    @Test func aReplayThatStopped() throws {
        var history = SchemaHistory(base: Catalog(schemas: ["public"], tables: []))
        history.append(revision: "a", rows: ["a"], catalog: InspectionFixture.catalog(["a"]))
        history.fail(revision: "b", message: "no such type")
        func facts(_ rows: [String]) throws -> SchemaFacts {
            var inputs = InspectionFixture.inputs(
                .success(InspectionFixture.live(.table(rows: rows), columns: ["a"])),
                expectation: .ready(InspectionFixture.expected(history)))
            var description = try InspectionFixture.description.get()
            description.models = Self.described(["a"])
            inputs.description = .success(description)
            return inputs.compare()
        }
        #expect(try facts(["a"]).gaps.isEmpty)
        #expect(try facts(["c"]).gaps == ["the replay did not pass through the revisions of the version rows"])
        #expect(try facts(["c"]).comparison?.differences == [], "models and database are compared without it")
    }

    /// Problems of the replay are gaps of every comparison.
    @Test func problemsOfTheReplay() throws {
        var inputs = try Self.inputs(Self.catalog(["a"]))
        guard case .ready(var expected) = inputs.expectation else { return }
        expected.problems = ["the replay of the history stopped: no"]
        inputs.expectation = .ready(expected)
        #expect(inputs.compare().gaps == ["the replay of the history stopped: no"])
        expected.history = nil
        inputs.expectation = .ready(expected)
        inputs.projectKey = "another"
        #expect(
            inputs.compare().reason
                == "env.py configures no target_metadata, and the replay of the history stopped: no")
    }

    /// Where a project cannot be read, rows mean nothing to it, and an empty database is still a fresh one.
    @Test func aProjectThatCannotBeRead() {
        func expected(_ presence: VersionTableFacts.Presence, tables: [TableName]?) -> Catalog? {
            var inputs = InspectionFixture.inputs(
                .success(InspectionFixture.live(presence, columns: [], tables: tables)))
            inputs.project = .failure(AlembicError(.projectMissing, "no"))
            return inputs.expectedCatalog
        }
        #expect(expected(.table(rows: ["c"]), tables: nil) == nil)
        #expect(expected(.missing, tables: [])?.tables.isEmpty == true)
    }
}
