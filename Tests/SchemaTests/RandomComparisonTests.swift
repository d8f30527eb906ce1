import Schema
import Testing

/// Comparisons of random catalogs: each change gives exactly the expected differences.
@Suite("Random comparisons")
struct RandomComparisonTests {
    static func catalog(_ seed: Int) -> Catalog {
        var random = RandomCatalog(seed: seed)
        return random.make()
    }

    static func compare(
        live: Catalog, expected: Catalog, models: SchemaSides.Models? = nil, managed: Set<ObjectKey>? = nil
    ) -> SchemaComparison {
        SchemaComparison(
            SchemaSides(
                live: live,
                migrations: .init(expected: expected, heads: expected, managed: managed ?? Set(expected.keys)),
                models: models))
    }

    static func found(_ differences: [SchemaDifference]) -> Set<CatalogMutation.Found> {
        Set(
            differences.compactMap { difference in
                difference.blame.map {
                    CatalogMutation.Found(difference.kind, difference.object, $0, breaking: difference.breaking)
                }
            })
    }

    @Test(arguments: 0..<40) func aCatalogDoesNotDifferFromItself(seed: Int) {
        let catalog = Self.catalog(seed)
        let comparison = Self.compare(live: catalog, expected: catalog, models: .created(catalog))
        #expect(comparison.differences.isEmpty)
        #expect(comparison.advice.isEmpty)
        #expect(comparison.notComparable.isEmpty)
        #expect(comparison.unmanaged.isEmpty)
        #expect(comparison.tablesCompared == catalog.tables.count)
    }

    /// Applies each mutation to ten catalogs: several hundred pairs.
    @Test(arguments: CatalogMutation.all.indices) func oneChangeIsFoundAndNothingElse(index: Int) {
        let mutation = CatalogMutation.all[index]
        var applied = 0
        for seed in 0..<40 where applied < 10 {
            let expected = Self.catalog(seed &* 31 &+ index)
            var live = expected
            var random = SeededGenerator(seed: seed)
            guard let wanted = mutation.apply(&live, &random) else { continue }
            applied += 1
            // The order of the lists does not matter.
            live.tables.shuffle(using: &random)
            live.sequences.shuffle(using: &random)
            live.types.shuffle(using: &random)
            for models in [nil, SchemaSides.Models.created(expected)] {
                let comparison = Self.compare(live: live, expected: expected, models: models)
                #expect(Self.found(comparison.differences) == Set(wanted), "\(mutation.name), seed \(seed)")
                #expect(comparison.differences.count == wanted.count, "\(mutation.name), seed \(seed)")
                #expect(comparison.notComparable.isEmpty, "\(mutation.name), seed \(seed)")
                #expect(comparison.advice.isEmpty, "\(mutation.name), seed \(seed)")
            }
        }
        #expect(applied == 10, "\(mutation.name) found nothing to change")
    }

    /// Two unrelated catalogs: what is missing in one direction is extra in the other.
    @Test(arguments: 0..<60) func missingAndExtraAreSymmetric(seed: Int) {
        let (left, right) = (Self.catalog(seed), Self.catalog(seed + 1_000))
        let managed = Set(left.keys + right.keys)
        let there = Self.compare(live: right, expected: left, managed: managed)
        let back = Self.compare(live: left, expected: right, managed: managed)
        #expect(there.unmanaged.allSatisfy { $0.kind == .partition })
        let pairs: [(SchemaDifference.Kind, SchemaDifference.Kind)] = [
            (.missingTable, .extraTable), (.missingColumn, .extraColumn), (.missingConstraint, .extraConstraint),
            (.missingIndex, .extraIndex), (.missingTrigger, .extraTrigger), (.missingPolicy, .extraPolicy),
            (.missingView, .extraView), (.missingEnum, .extraEnum), (.missingFunction, .extraFunction),
            (.type, .type), (.nullability, .nullability), (.default, .default), (.constraint, .constraint),
            (.index, .index), (.enumLabels, .enumLabels), (.unlogged, .unlogged), (.identity, .identity),
        ]
        for (one, other) in pairs {
            #expect(Self.objects(there, one) == Self.objects(back, other), "\(one)")
            #expect(Self.objects(there, other) == Self.objects(back, one), "\(other)")
        }
        #expect(there.differences.count == back.differences.count)
    }

    static func objects(_ comparison: SchemaComparison, _ kind: SchemaDifference.Kind) -> [String] {
        comparison.differences.filter { $0.kind == kind }.map(\.object).sorted()
    }

    @Test(arguments: 0..<30) func theOrderOfListsDoesNotMatter(seed: Int) {
        let (left, right) = (Self.catalog(seed), Self.catalog(seed + 500))
        var random = SeededGenerator(seed: seed)
        let plain = Self.compare(live: right, expected: left, models: .created(right))
        let shuffled = Self.compare(
            live: right.shuffled(&random), expected: left.shuffled(&random), models: .created(right.shuffled(&random)))
        #expect(plain == shuffled)
    }
}

extension Catalog {
    /// Every list in another order, except the columns.
    func shuffled(_ random: inout SeededGenerator) -> Catalog {
        var result = self
        result.schemas.shuffle(using: &random)
        result.tables.shuffle(using: &random)
        result.sequences.shuffle(using: &random)
        result.types.shuffle(using: &random)
        result.routines.shuffle(using: &random)
        result.extensions.shuffle(using: &random)
        for index in result.tables.indices {
            result.tables[index].constraints.shuffle(using: &random)
            result.tables[index].indexes.shuffle(using: &random)
            result.tables[index].triggers.shuffle(using: &random)
            result.tables[index].policies.shuffle(using: &random)
        }
        return result
    }
}
