import Schema
import Testing

/// A live catalog that was read without its definition texts.
@Suite("Comparison of structure only")
struct StructureTests {
    /// The catalog as a reader returns it without definitions.
    static func stripped(_ catalog: Catalog) -> Catalog {
        var result = catalog
        for table in result.tables.indices {
            result.tables[table].definition = nil
            result.tables[table].partitionKey = nil
            for index in result.tables[table].columns.indices {
                result.tables[table].columns[index].default = nil
                result.tables[table].columns[index].generated = nil
            }
            for index in result.tables[table].constraints.indices {
                result.tables[table].constraints[index].definition = ""
            }
            for index in result.tables[table].indexes.indices { result.tables[table].indexes[index].definition = "" }
            for index in result.tables[table].triggers.indices { result.tables[table].triggers[index].definition = "" }
            for index in result.tables[table].policies.indices { result.tables[table].policies[index].using = nil }
        }
        for index in result.types.indices {
            if case .domain(let base, let nullable, _, let checks) = result.types[index].definition {
                result.types[index].definition = .domain(
                    base: base, nullable: nullable, default: nil, checks: checks.mapValues { _ in "" })
            }
        }
        for index in result.routines.indices { result.routines[index].definition = nil }
        return result
    }

    static func compare(_ live: Catalog, _ expected: Catalog, models: SchemaSides.Models?) -> SchemaComparison {
        SchemaComparison(
            SchemaSides(
                live: live, liveHasDefinitions: false,
                migrations: .init(expected: expected, heads: expected, managed: Set(expected.keys)), models: models))
    }

    @Test(arguments: 0..<20) func textsThatWereNotReadAreNoDifference(seed: Int) {
        let catalog = RandomComparisonTests.catalog(seed)
        for models in [nil, SchemaSides.Models.created(catalog)] {
            let comparison = Self.compare(Self.stripped(catalog), catalog, models: models)
            #expect(comparison.differences.isEmpty)
            #expect(comparison.advice.isEmpty)
            #expect(!comparison.notComparable.isEmpty)
            #expect(comparison.notComparable.allSatisfy { $0.kind == .definitions })
        }
    }

    /// Without definition texts, a change gives the same differences as with them, or fewer.
    @Test(arguments: CatalogMutation.all.indices) func differencesWithoutDefinitionsAreCorrect(index: Int) {
        let mutation = CatalogMutation.all[index]
        var random = SeededGenerator(seed: index)
        for seed in 0..<6 {
            let expected = RandomComparisonTests.catalog(seed)
            var live = expected
            guard let wanted = mutation.apply(&live, &random) else { continue }
            let found = Self.compare(Self.stripped(live), expected, models: nil).differences
            let objects = Set(wanted.map(\.object))
            // Without its text, an index or a check is identified by its name.
            let isRenaming = mutation.name == "rename a constraint" || mutation.name == "rename an index"
            if !isRenaming { #expect(found.allSatisfy { objects.contains($0.object) }, "\(mutation.name): \(found)") }
            let byStructure = wanted.filter { [.missingTable, .missingColumn, .type, .nullability].contains($0.kind) }
            #expect(byStructure.allSatisfy { one in found.contains { $0.kind == one.kind && $0.object == one.object } })
        }
    }

    @Test func withoutDefaultsUnfilledColumnsAreNotReported() {
        let models = ModelSchema(
            tables: [ModelTable(name: "t", columns: [ModelColumn(name: "c", type: "TEXT", nullable: true)])],
            defaultSchema: "public")
        let columns = ["c", "x"].map { Column(name: $0, type: "text", nullable: $0 == "c") }
        let live = Catalog(tables: [Table(schema: "public", name: "t", kind: .table, columns: columns)])
        let sides = SchemaSides(live: live, liveHasDefinitions: false, models: .described(models))
        #expect(SchemaComparison(sides).differences.isEmpty)
    }
}
