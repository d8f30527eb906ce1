import Schema
import Testing

@testable import Agent

@Suite struct SchemaExtractTests {
    private static func differences(_ count: Int, text: String = "") -> [SchemaDifference] {
        (0..<count).map {
            SchemaDifference(
                kind: .missingTable, object: "t\($0)", models: text, breaking: $0 % 2 == 1)
        }
    }

    @Test func smallComparisonsAreComplete() {
        var extract = SchemaExtract()
        let taken = extract.take(Self.differences(100))
        #expect(taken == Self.differences(100))
        #expect(extract.omitted == 0)
    }

    @Test func breakingDifferencesComeFirstAndTheRestIsCounted() {
        var extract = SchemaExtract()
        let taken = extract.take(Self.differences(10_000))
        #expect(taken.count < 10_000 && taken.count + extract.omitted == 10_000)
        #expect(taken.prefix(4000).allSatisfy { $0.breaking })
        var short = SchemaExtract()
        let long = short.take(Self.differences(2, text: String(repeating: "x", count: 1 << 20)))
        #expect(long.isEmpty)
        #expect(short.omitted == 2)
    }
}
