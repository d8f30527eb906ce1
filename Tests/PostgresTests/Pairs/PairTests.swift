import FoundationEssentials
import Postgres
import Schema
import Support
import Testing

/// Compares schemas created by SQL on a real server: the comparison must report every planted change and nothing else.
@Suite("pairs of schemas", .serialized) struct PairTests {
    /// The seed of all random choices; `PAIRS_SEED` overrides the default.
    static let seed = ProcessInfo.processInfo.environment["PAIRS_SEED"].flatMap(Int.init) ?? 1

    /// Pairs whose number is a multiple of 7 have no change.
    static func pairs(_ numbers: Range<Int>) -> [SchemaPair] {
        numbers.map { number in
            let isPlanted = number % 7 != 0
            let way: SchemaPair.Way =
                isPlanted ? [.repeated, .restored][number % 2] : [.reordered, .restored][number % 2]
            return PairDraft.pair(number: number, seed: seed, way: way, isPlanted: isPlanted)
        }
    }

    @Test func exactlyThePlantedChangesAreReported() async throws {
        let pairs = Self.pairs(0..<320)
        try PairRecord.write(pairs.map { PairRecord($0, found: nil) })
        let databases = try await PairDatabases(pairs)
        var failures: [String] = []
        for pair in databases.pairs {
            // With the original texts, and with normalized texts.
            for parsed in [[:], databases.parsed] {
                failures += Self.errors(
                    about: pair, expected: databases.expected(pair), live: databases.live(pair), parsed: parsed)
            }
            await Task.yield()
        }
        try PairRecord.write(
            pairs.map { pair in
                let comparison = Self.compare(pair, databases.expected(pair), databases.live(pair), models: nil)
                return PairRecord(pair, found: Self.lines(of: comparison))
            })
        for failure in failures.prefix(12) { Issue.record("\(failure)") }
        #expect(failures.count == 0)
        #expect(databases.parsed.count >= 60)
        #expect(databases.pairs.filter(\.changes.isEmpty).count >= 40)
        let planted = databases.pairs.flatMap(\.changes)
        #expect(Set(planted.map(\.name)).count >= 80)
    }

    static func compare(
        _ pair: SchemaPair, _ expected: Catalog, _ live: Catalog, models: SchemaSides.Models?,
        parsed: [ExpressionText: String] = [:]
    ) -> SchemaComparison {
        let managed = Set(expected.keys + pair.changes.flatMap(\.managed))
        return SchemaComparison(
            SchemaSides(
                live: live, migrations: .init(expected: expected, heads: expected, managed: managed), models: models,
                parsedTexts: parsed))
    }

    /// The report of a comparison, without advice about the models.
    static func lines(of comparison: SchemaComparison) -> [String] {
        comparison.differences.map { PlantedChange.Found($0).description }
            + comparison.unmanaged.map { "unmanaged \($0.kind.rawValue) \($0.object)" }
            + comparison.notComparable.map { "not comparable \($0.kind.rawValue) \($0.object)" }
    }

    /// The errors of a comparison, with everything needed to reproduce them.
    static func errors(
        about pair: SchemaPair, expected: Catalog, live: Catalog, parsed: [ExpressionText: String]
    ) -> [String] {
        var errors: [String] = []
        for models in [nil, SchemaSides.Models.created(expected)] {
            let comparison = compare(pair, expected, live, models: models, parsed: parsed)
            let found = comparison.differences.map { PlantedChange.Found($0).description }
            let lists: [(String, wanted: [String], found: [String])] = [
                ("differences", pair.wanted, found),
                ("unmanaged", pair.unmanaged, comparison.unmanaged.map { "\($0.kind.rawValue) \($0.object)" }),
                (
                    "not comparable", [],
                    comparison.notComparable.map { "\($0.kind.rawValue) \($0.object): \($0.reason)" }
                ),
                ("advice", [], comparison.advice.map { PlantedChange.Found($0).description }),
            ]
            let wrong = lists.compactMap { title, wanted, found -> String? in
                let (wanted, found) = (wanted.map { Array($0.utf8) }, found.map { Array($0.utf8) })
                let missing = wanted.filter { !found.contains($0) }
                let invented = found.filter { !wanted.contains($0) }
                guard !missing.isEmpty || !invented.isEmpty || wanted.count != found.count else { return nil }
                let text = { (lines: [[UInt8]]) in lines.map { "\n    " + String(decoding: $0, as: UTF8.self) }.joined()
                }
                return "  \(title):\n   missing\(text(missing))\n   invented\(text(invented))"
            }
            guard !wrong.isEmpty else { continue }
            errors.append(
                """
                pair \(pair.number), \(pair.way.rawValue), models \(models == nil ? "unknown" : "created"), \
                PAIRS_SEED=\(seed):
                \(wrong.joined(separator: "\n"))
                changes:
                  \(pair.changes.flatMap(\.statements).joined(separator: ";\n  "))
                schema:
                  \(pair.expected.joined(separator: ";\n  "))
                """)
            break
        }
        return errors
    }
}
