import Diagnosis
import Schema
import Testing

@testable import Inspection

/// The last comparison is reused for the same inputs only.
@Suite struct ComparisonCacheTests {
    private static func position(_ change: (inout ComparisonCache.Position) -> Void = { _ in })
        -> ComparisonCache
        .Position
    {
        var position = ComparisonCache.Position(
            project: "k", expectation: "e", rows: ["a"], versionTable: InspectionFixture.versionTable)
        change(&position)
        return position
    }

    private static func key(_ change: (inout ComparisonCache.Key) -> Void = { _ in }) -> ComparisonCache.Key {
        var key = ComparisonCache.Key(
            fingerprint: "f", hasDefinitions: true, position: position(), normalizedExpressions: 1,
            canNormalizeMore: true, baselineReads: 1)
        change(&key)
        return key
    }

    @Test func theSameInputsAreComparedOnce() {
        let cache = ComparisonCache()
        for _ in 1...3 {
            #expect(cache.facts(Self.key()) { .notCompared(because: "first") } == .notCompared(because: "first"))
        }
        var count = 0
        _ = cache.facts(Self.key()) {
            count += 1
            return .notCompared(because: "second")
        }
        #expect(count == 0)
    }

    /// Each part of the key alone makes another comparison.
    @Test func everyPartOfTheKeyCounts() {
        let others = [
            Self.key { $0.fingerprint = "g" }, Self.key { $0.hasDefinitions = false },
            Self.key { $0.normalizedExpressions = 2 }, Self.key { $0.canNormalizeMore = false },
            Self.key { $0.baselineReads = 2 }, Self.key { $0.position.project = "l" },
            Self.key { $0.position.expectation = "being built" }, Self.key { $0.position.rows = ["a", nil] },
            Self.key { $0.position.rows = nil }, Self.key { $0.position.versionTable.schema = "app" },
        ]
        for (index, other) in others.enumerated() {
            let cache = ComparisonCache()
            _ = cache.facts(Self.key()) { .notCompared(because: "first") }
            #expect(cache.facts(other) { .notCompared(because: "other") } == .notCompared(because: "other"), "\(index)")
            // Only the last one is kept.
            #expect(cache.facts(Self.key()) { .notCompared(because: "again") } == .notCompared(because: "again"))
        }
    }

    /// A changed schema is another comparison with the same migrations.
    @Test func migrationsAreKeptBesideComparisons() {
        let cache = ComparisonCache()
        func reason(_ position: ComparisonCache.Position, _ made: String) -> String? {
            if case .unknown(let reason) = cache.migrations(position, { .unknown(made) }) { reason } else { nil }
        }
        #expect(reason(Self.position(), "first") == "first")
        _ = cache.facts(Self.key { $0.fingerprint = "g" }) { .notCompared(because: "x") }
        #expect(reason(Self.position(), "second") == "first")
        #expect(reason(Self.position { $0.rows = ["b"] }, "third") == "third")
        #expect(reason(Self.position(), "fourth") == "fourth")
    }

    /// Nothing is cached that rests on a failure: it may be over at the next diagnosis.
    @Test func comparisonsWithoutAKeyAreMadeAgain() {
        let live = InspectionFixture.live(.table(rows: ["c"]), columns: ["a", "b", "c"])
        var inputs = InspectionFixture.inputs(.success(live))
        let first = inputs.compare()
        #expect(first.comparison?.differences == [])
        // The catalog changes while its fingerprint stays: the cached comparison is returned.
        var changed = live
        changed.catalog = InspectionFixture.catalog(["a"])
        inputs.live = .success(changed)
        #expect(inputs.compare() == first)
        changed.fingerprint = nil
        inputs.live = .success(changed)
        inputs.projectKey = nil
        #expect(inputs.compare().comparison?.differences.count == 2)
    }
}
