import Schema
import Testing

@Suite("Models and the live database")
struct ComparisonTests {
    static func live(_ schema: String, _ name: String, _ columns: [String], kind: Table.Kind = .table) -> Table {
        Table(
            schema: schema, name: name, kind: kind,
            columns: columns.map { Column(name: $0, type: "text", nullable: $0 != "id") })
    }

    static func model(_ name: String, _ columns: [String], schema: String? = nil) -> ModelTable {
        ModelTable(
            schema: schema, name: name,
            columns: columns.map { ModelColumn(name: $0, type: "TEXT", nullable: $0 != "id", primaryKey: $0 == "id") })
    }

    static func compare(
        _ models: [ModelTable], _ live: [Table], searchPath: [String] = [], versionTable: TableName? = nil
    ) -> SchemaComparison {
        let models = ModelSchema(tables: models, defaultSchema: "public", searchPath: searchPath)
        return SchemaComparison(
            SchemaSides(
                live: Catalog(tables: live), liveHasDefinitions: false, models: .described(models),
                versionTables: versionTable.map { [$0] } ?? [], searchPath: searchPath))
    }

    @Test func nothingMissing() {
        let comparison = Self.compare(
            [Self.model("prospects", ["id", "email"])], [Self.live("public", "prospects", ["email", "id", "extra"])])
        #expect(comparison.differences.isEmpty)
        #expect(comparison.tablesCompared == 1)
        #expect(!comparison.isBreaking)
    }

    @Test func missingColumnsAreNamedWithTheirTypes() {
        let comparison = Self.compare(
            [Self.model("prospects", ["id", "bio_text", "follower_count"])], [Self.live("public", "prospects", ["id"])])
        #expect(
            comparison.missingColumns == [
                MissingColumn(table: "prospects", column: "bio_text", type: "TEXT"),
                MissingColumn(table: "prospects", column: "follower_count", type: "TEXT"),
            ])
        #expect(comparison.missingTables.isEmpty)
        #expect(comparison.differences.map(\.object) == ["prospects.bio_text", "prospects.follower_count"])
        #expect(comparison.differences.allSatisfy { $0.kind == .missingColumn && $0.breaking && $0.blame == nil })
        #expect(comparison.isBreaking)
    }

    @Test func aMissingTableIsOneDifferenceAndNoColumns() {
        let comparison = Self.compare([Self.model("websites", ["id", "url"])], [])
        #expect(comparison.missingTables == [TableName(schema: "public", name: "websites")])
        #expect(comparison.missingColumns.isEmpty)
        #expect(
            comparison.differences == [
                SchemaDifference(
                    kind: .missingTable, object: "websites", models: "table with 2 columns", breaking: true)
            ])
    }

    @Test(arguments: Table.Kind.allCases) func everyKindSatisfiesAMappedTable(kind: Table.Kind) {
        let comparison = Self.compare(
            [Self.model("report", ["id"])], [Self.live("public", "report", ["id"], kind: kind)])
        #expect(comparison.differences.isEmpty)
    }

    @Test func schemasAreKeptApart() {
        let comparison = Self.compare(
            [Self.model("prospects", ["id"], schema: "crm"), Self.model("prospects", ["id"])],
            [Self.live("public", "prospects", ["id"])])
        #expect(comparison.missingTables == [TableName(schema: "crm", name: "prospects")])
        #expect(comparison.differences.map(\.object) == ["crm.prospects"])
    }

    @Test func aTableWithoutSchemaIsFoundAlongTheSearchPathInOrder() {
        let tables = [Self.live("shared", "prospects", ["id"]), Self.live("later", "prospects", ["id", "email"])]
        let models = [Self.model("prospects", ["id", "email"])]
        let comparison = Self.compare(models, tables, searchPath: ["shared", "later"])
        #expect(comparison.missingColumns == [MissingColumn(table: "shared.prospects", column: "email", type: "TEXT")])
        #expect(Self.compare(models, tables).missingTables == [TableName(schema: "public", name: "prospects")])
    }

    @Test func theVersionTableIsLeftOut() {
        let name = TableName(schema: "public", name: "alembic_version")
        let models = [Self.model("alembic_version", ["version_num"])]
        #expect(Self.compare(models, [], versionTable: name).tablesCompared == 0)
        #expect(Self.compare(models, []).missingTables == [name])
    }

    @Test func namesAreQuotedForSQLAndComparedExactly() {
        let composed = "caf\u{e9}"
        let decomposed = "cafe\u{301}"
        let comparison = Self.compare(
            [Self.model("User", ["id", "order", composed])], [Self.live("public", "User", ["id", decomposed])])
        #expect(comparison.differences.map(\.object) == ["\"User\".\"order\"", "\"User\".\"\(composed)\""])
        #expect(comparison.missingColumns.map(\.column) == ["order", composed])
        #expect(Self.compare([Self.model("user", ["id"])], [Self.live("public", "User", ["id"])]).isBreaking)
    }

    @Test func theOrderDependsOnNamesAlone() {
        let models = [
            Self.model("zebra", ["id", "b", "a"]), Self.model("x", ["id"], schema: "crm"), Self.model("apple", ["id"]),
            Self.model("Mango", ["id"]),
        ]
        let live = [Self.live("public", "zebra", ["id"])]
        let expected = ["crm.x", "\"Mango\"", "apple", "zebra.b", "zebra.a"]
        #expect(Self.compare(models, live).differences.map(\.object) == expected)
        #expect(Self.compare(models.reversed(), live).differences.map(\.object) == expected)
    }

    @Test func oneTableMappedTwiceIsComparedOnce() {
        let comparison = Self.compare([Self.model("a", ["id"]), Self.model("a", ["id"], schema: "public")], [])
        #expect(comparison.tablesCompared == 1)
        #expect(comparison.missingTables.count == 1)
    }
}
