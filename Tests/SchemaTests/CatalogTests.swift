import FoundationEssentials
import Schema
import Testing

@Suite("Catalog and models as values")
struct CatalogTests {
    @Test func tablesAreSortedWhateverOrderTheyCameIn() {
        let names = ["b", "a", "Z"].map { Table(schema: "public", name: $0, kind: .table, columns: []) }
        #expect(Catalog(tables: names).tables.map(\.name) == ["Z", "a", "b"])
    }

    @Test func applicationTablesLeaveOutViewsAndTheVersionTable() {
        let tables = Table.Kind.allCases.map { Table(schema: "public", name: $0.rawValue, kind: $0, columns: []) }
        let version = TableName(schema: "public", name: "alembic_version")
        let elsewhere = TableName(schema: "other", name: "alembic_version")
        let catalog = Catalog(
            tables: tables
                + [version, elsewhere].map { Table(schema: $0.schema, name: $0.name, kind: .table, columns: []) })
        #expect(
            catalog.applicationTables(besides: version).map { $0.sql(defaultSchema: "public") }
                == ["other.alembic_version", "\"foreign\"", "partitioned", "\"table\""])
    }

    @Test(arguments: ["r", "p", "v", "m", "f"]) func relationKindsThatHaveRows(relkind: String) {
        #expect(Table.Kind(relkind: relkind) != nil)
    }

    @Test(arguments: ["i", "I", "S", "c", "t", ""]) func relationKindsThatAreNoTables(relkind: String) {
        #expect(Table.Kind(relkind: relkind) == nil)
    }

    @Test func modelsAreDecodedAsTheRunnerDescribesThem() throws {
        let json = """
            {"defaultSchema": "public", "tables": [{"schema": null, "name": "prospects", "columns":
            [{"name": "id", "type": "INTEGER", "nullable": false, "primaryKey": true}]}]}
            """
        let models = try JSONDecoder().decode(ModelSchema.self, from: Data(json.utf8))
        #expect(
            models
                == ModelSchema(
                    tables: [
                        ModelTable(
                            name: "prospects",
                            columns: [ModelColumn(name: "id", type: "INTEGER", nullable: false, primaryKey: true)])
                    ], defaultSchema: "public"))
    }

    @Test func aDifferenceHasEveryMemberOfTheContract() throws {
        let difference = SchemaDifference(
            kind: .missingColumn, object: "prospects.bio_text", models: "TEXT", breaking: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = try encoder.encode(difference)
        #expect(
            String(decoding: json, as: UTF8.self) == """
                {"blame":null,"breaking":true,"kind":"missingColumn","live":null,"migrations":null,"models":"TEXT",\
                "object":"prospects.bio_text"}
                """)
        #expect(try JSONDecoder().decode(SchemaDifference.self, from: json) == difference)
    }
}
