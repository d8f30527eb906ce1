import Diagnosis
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

    /// Every table of a large database fits; beside long findings there is less room.
    @Test func manyUnmanagedObjects() {
        let objects = (0..<9_000).map { UnmanagedObject(kind: .table, object: "table_\($0)") }
        var extract = SchemaExtract()
        #expect(extract.take(objects).count == 9_000 && extract.omitted == 0)
        let evidence = Array(repeating: String(repeating: "x", count: 1_000), count: 600)
        var beside = SchemaExtract(besides: [
            Finding(code: "c", severity: .error, message: "m", evidence: evidence, remedy: "r")
        ])
        #expect(beside.take(objects).count < 4_000 && beside.omitted > 5_000)
    }
}
