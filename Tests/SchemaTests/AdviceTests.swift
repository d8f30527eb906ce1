import Schema
import Testing

/// The models compared with the migrations: advice for developers, and what a project excludes from it.
@Suite("Advice")
struct AdviceTests {
    static func advice(
        models: Catalog, heads: Catalog, options: ComparisonOptions = ComparisonOptions()
    ) -> [SchemaDifference] {
        let comparison = BlameTests.compare(live: heads, expected: heads, models: models, options: options)
        #expect(comparison.differences.allSatisfy { $0.blame == .missingMigration })
        return comparison.advice
    }

    static func column(_ change: (inout Column) -> Void) -> Catalog {
        var column = Column(name: "c", type: "integer", nullable: true, default: "0")
        change(&column)
        return BlameTests.catalog([BlameTests.id, column])
    }

    @Test func modelsAheadOfTheMigrations() {
        let advice = Self.advice(
            models: BlameTests.catalog([BlameTests.id, BlameTests.bio], [BlameTests.id]),
            heads: BlameTests.catalog([BlameTests.id]))
        #expect(advice.map(\.kind) == [.missingColumn, .missingTable])
        #expect(advice.map(\.object) == ["prospects.bio_text", "prospects1"])
        #expect(advice.allSatisfy { $0.blame == .missingMigration && $0.breaking && $0.migrations == nil })
    }

    @Test func modelsBehindTheMigrations() {
        let advice = Self.advice(
            models: BlameTests.catalog([BlameTests.id]),
            heads: BlameTests.catalog([BlameTests.id, BlameTests.bio], [BlameTests.id]))
        #expect(advice.map(\.kind) == [.extraColumn, .extraTable])
        #expect(advice.allSatisfy { $0.blame == .modelsBehind && !$0.breaking && $0.models == nil })
    }

    @Test func typesOnlyWhereTheProjectComparesThem() {
        let (models, heads) = (Self.column { $0.type = "bigint" }, Self.column { _ in })
        let advice = Self.advice(models: models, heads: heads)
        #expect(advice.map(\.kind) == [.type])
        #expect(advice.map(\.breaking) == [true])
        #expect(Self.advice(models: models, heads: heads, options: ComparisonOptions(compareType: false)).isEmpty)
    }

    @Test func defaultsOnlyWhereTheProjectComparesThem() {
        let (models, heads) = (Self.column { $0.default = "1" }, Self.column { _ in })
        let wanted = ComparisonOptions(compareServerDefault: true)
        #expect(Self.advice(models: models, heads: heads).isEmpty)
        #expect(Self.advice(models: models, heads: heads, options: wanted).map(\.kind) == [.default])
        let recast = Self.column { $0.default = "'0'::integer" }
        let cast = Self.column { $0.default = "('0'::text)::integer" }
        #expect(Self.advice(models: recast, heads: cast, options: wanted).isEmpty)
    }

    @Test func tablesThatTheProjectHides() {
        let (models, heads) = (
            BlameTests.catalog([BlameTests.id]), BlameTests.catalog([BlameTests.bio], [BlameTests.id])
        )
        let hidden = ["prospects", "prospects1"].map { TableName(schema: "public", name: $0) }
        let options = ComparisonOptions(hiddenTables: Set(hidden))
        let comparison = BlameTests.compare(live: heads, expected: heads, models: models, options: options)
        #expect(comparison.advice.isEmpty)
        // A failing statement of the models is a difference, not advice.
        #expect(comparison.differences.map(\.object) == ["prospects.id"])
    }

    @Test func whatModelsCannotExpressIsNoAdvice() {
        let models = BlameTests.catalog([BlameTests.id])
        var heads = models
        heads.schemas = ["extra"]
        heads.extensions = [Extension(name: "citext", version: "1", schema: "public")]
        heads.routines = [Routine(schema: "public", signature: "f()")]
        heads.sequences = [Sequence(schema: "public", name: "s")]
        heads.types = [UserType(schema: "public", name: "stale", definition: .enumeration(labels: ["a"]))]
        heads.tables[0].kind = .partitioned
        heads.tables[0].partitionKey = "HASH (id)"
        heads.tables[0].rowSecurity = .forced
        heads.tables[0].triggers = [Trigger(name: "t", definition: "…")]
        heads.tables[0].policies = [Policy(name: "p")]
        heads.tables += [
            Table(schema: "public", name: "v", kind: .view, columns: [], definition: " SELECT 1;"),
            Table(
                schema: "public", name: "part", kind: .table, columns: [BlameTests.id], partitionBound: "DEFAULT",
                parents: [models.tables[0].qualifiedName]),
        ]
        #expect(Self.advice(models: models, heads: heads).isEmpty)
    }

    /// Models declare a serial column; they cannot express that a migration created its sequence by hand and wider.
    @Test func theSequenceOfASerialIsNoAdvice() {
        func catalog(_ type: String, named name: String, default text: String?) -> Catalog {
            var catalog = BlameTests.catalog([
                Column(name: "id", type: "integer", nullable: false, default: text)
            ])
            catalog.sequences = [
                Sequence(
                    schema: "public", name: name, type: type,
                    owner: .init(table: catalog.tables[0].qualifiedName, column: "id"))
            ]
            return catalog
        }
        func next(_ name: String) -> String { "nextval('public.\(name)'::regclass)" }
        let heads = catalog("bigint", named: "by_hand", default: next("by_hand"))
        #expect(Self.advice(models: catalog("integer", named: "s", default: next("s")), heads: heads).isEmpty)
        // A sequence that the models declare themselves.
        let declared = Self.advice(
            models: catalog("integer", named: "by_hand", default: nil),
            heads: catalog("bigint", named: "by_hand", default: nil))
        #expect(declared.map(\.kind) == [.sequence])
        // On a live database it is a difference.
        let narrowed = BlameTests.compare(
            live: catalog("integer", named: "by_hand", default: next("by_hand")), expected: heads, models: nil)
        #expect(narrowed.differences.map(\.kind) == [.sequence])
    }

    @Test func aMappedViewIsNoMissingTable() {
        let models = BlameTests.catalog([BlameTests.id, BlameTests.email])
        var heads = models
        heads.tables[0].kind = .view
        heads.tables[0].columns = models.tables[0].columns.map { Column(name: $0.name, type: "text", nullable: true) }
        #expect(Self.advice(models: models, heads: heads).isEmpty)
        heads.tables[0].columns.removeLast()
        #expect(Self.advice(models: models, heads: heads).map(\.object) == ["prospects.email"])
    }

    @Test func generatedNamesAreNotReported() {
        var models = BlameTests.catalog([BlameTests.id])
        var heads = models
        let unique = Constraint(name: "prospects_id_key", kind: .unique, columns: ["id"], definition: "UNIQUE (id)")
        models.tables[0].constraints = [unique]
        heads.tables[0].constraints = [unique]
        heads.tables[0].constraints[0].name = "uq_prospects_id"
        #expect(Self.advice(models: models, heads: heads).isEmpty)
        let named = Self.advice(models: heads, heads: models)
        #expect(named.map(\.kind) == [.constraintName])
        #expect(named.map(\.kind.isInformational) == [true])
        heads.tables[0].constraints[0].name = "prospects_id_key1"
        #expect(BlameTests.compare(live: heads, expected: models, models: nil).differences.isEmpty)
    }

    @Test func modelsKnownOnlyByNamesGiveAdviceToo() {
        let heads = BlameTests.catalog([BlameTests.id, BlameTests.email], [BlameTests.id])
        let models = ModelSchema(
            tables: [
                ModelTable(
                    name: "prospects",
                    columns: [
                        ModelColumn(name: "id", type: "INTEGER", nullable: false),
                        ModelColumn(name: "bio_text", type: "TEXT", nullable: true),
                    ])
            ], defaultSchema: "public")
        let comparison = SchemaComparison(
            SchemaSides(
                live: heads, migrations: .init(expected: heads, heads: heads, managed: Set(heads.keys)),
                models: .described(models)))
        #expect(comparison.advice.map(\.kind) == [.missingColumn, .extraColumn, .extraTable])
        #expect(comparison.advice.map(\.blame) == [.missingMigration, .modelsBehind, .modelsBehind])
        #expect(comparison.differences.map(\.object) == ["prospects.bio_text"])
        #expect(comparison.missingColumns == [MissingColumn(table: "prospects", column: "bio_text", type: "TEXT")])
    }
}
