import Postgres
import Schema
import Support
import Testing

/// Names are read byte for byte, whatever they contain.
@Suite struct CatalogNamesTests {
    static let names = [
        "Quote\"s\"", "line\nfeed", "\u{1B}[31mred\u{1B}[0m", "tab\t", "e\u{301}", "\u{E9}", "select", "a.b",
        "per%cent",
        "back\\slash", " USING btree (x)", " NOT VALID", "{1,2}", "'; DROP TABLE t; --", "$$", "pgx",
        String(repeating: "n", count: 63), String(repeating: "\u{FC}", count: 31) + "x",
    ]

    @Test(arguments: names) func nameIsReadUnchanged(_ name: String) async throws {
        let quoted = SQLIdentifier.quoted(name)
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(
                url, "CREATE SCHEMA \(quoted)", "CREATE TABLE \(quoted).\(quoted) (\(quoted) serial PRIMARY KEY)",
                "ALTER TABLE \(quoted).\(quoted) ADD CONSTRAINT \(quoted) CHECK (\(quoted) > 0) NOT VALID",
                "CREATE POLICY \(quoted) ON \(quoted).\(quoted)",
                "CREATE TYPE \(quoted).kind AS ENUM (\(SQLLiteral.quoted(name)))",
                "CREATE FUNCTION \(quoted).\(quoted)(\(quoted) \(quoted).kind) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "CREATE TABLE t (a int, k \(quoted).kind)", "CREATE INDEX \(quoted) ON t (a)")
            let catalog = try await CatalogObjectsTests.read(url)
            let table = try #require(catalog.tables.first { $0.name != "t" })
            let check = try #require(table.constraints.first { $0.kind == .check })
            let plain = try #require(catalog.tables.first { $0.name == "t" })
            let labels: [String] =
                if case .enumeration(let labels)? = catalog.types.first?.definition { labels } else { [] }
            let owner = try #require(catalog.sequences.first?.owner)
            let found = [
                catalog.schemas.first { $0 != "public" } ?? "", table.schema, table.name, table.columns[0].name,
                check.name, check.columns[0], table.policies[0].name, plain.indexes[0].name, labels.first ?? "",
                owner.table.name, owner.column,
            ]
            for text in found { #expect(Array(text.utf8) == Array(name.utf8), "\(text.debugDescription)") }
            #expect(check.definition == "CHECK ((\(quoted) > 0))" && !check.isValidated)
            #expect(plain.indexes[0].definition == "USING btree (a)")
            #expect(plain.columns[1].type == "\(quoted).kind")
            #expect(catalog.routines[0].signature == "\(quoted)(\(quoted).kind)")
        }
    }

    /// Two Unicode encodings of the same letter are two names.
    @Test func namesWithDifferentNormalizationForms() async throws {
        try await TestCluster.withDatabase { url in
            try await TestCluster.execute(
                url, "CREATE TABLE \"e\u{301}\" (\"\u{E9}\" int, \"e\u{301}\" int)", "CREATE TABLE \"\u{E9}\" ()")
            let tables = try await CatalogObjectsTests.read(url).tables
            #expect(tables.map { Array($0.name.utf8) } == [Array("e\u{301}".utf8), Array("\u{E9}".utf8)])
            #expect(tables[0].columns.map { Array($0.name.utf8) } == [Array("\u{E9}".utf8), Array("e\u{301}".utf8)])
        }
    }
}
