import Diagnosis
import Testing

/// Which revision ids fit into the version table when they are recorded.
@Suite struct VersionWidthTests {
    private static let short = "a1"
    private static let long = String(repeating: "b", count: 40)

    private static func table(_ presence: VersionTableFacts.Presence, width: Int? = nil) -> VersionTableFacts {
        VersionTableFacts(schema: "public", presence: presence, columnWidth: width)
    }

    @Test(arguments: [(32, false), (39, false), (40, true), (nil, true)] as [(Int?, Bool)])
    func theWidthOfTheLiveTable(width: Int?, fits: Bool) {
        #expect(Self.table(.table(rows: []), width: width).tooLong([Self.short, Self.long]).isEmpty == fits)
    }

    @Test func aMissingTableIsCreatedAsTheProjectDoes() {
        var table = Self.table(.missing)
        #expect(table.tooLong([Self.long]).map(\.width) == [32])
        table.nextColumnWidth = 64
        #expect(table.tooLong([Self.long]).isEmpty)
        table.nextColumnWidth = nil
        #expect(table.tooLong([Self.long]).isEmpty)
    }

    /// A revision changes the column before it is recorded itself.
    @Test func revisionsThatChangeTheWidth() {
        var table = Self.table(.table(rows: []), width: 32)
        table.widthChanges = ["wide": 255, "narrow": 16, "open": nil]
        #expect(table.tooLong(["wide", Self.long]).isEmpty)
        #expect(table.tooLong([Self.long, "wide"]).map(\.revision) == [Self.long])
        #expect(table.tooLong(["open", Self.long]).isEmpty)
        let long = String(repeating: "c", count: 17)
        #expect(table.tooLong(["narrow", long]).map(\.width) == [16])
    }

    /// While the migrations are still being replayed, an earlier one may widen the column.
    @Test func nothingIsSaidDuringAReplay() {
        var table = Self.table(.table(rows: []), width: 32)
        table.mayLackChanges = true
        #expect(table.tooLong([Self.long]).isEmpty)
    }
}
