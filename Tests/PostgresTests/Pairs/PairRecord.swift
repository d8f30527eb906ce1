import FoundationEssentials

/// A pair in the format of `pairs.json`, which another program reads from the folder in `PAIRS_FOLDER`.
struct PairRecord: Encodable {
    var number: Int
    /// The prefix of the names of its schemas.
    var prefix: String
    var way: String
    /// The statements of the migrations, and of the live database (nil when it is restored from a dump).
    var expected: [String]
    var live: [String]?
    /// The statements that change the live database.
    var changes: [String]
    var wanted: [String]
    /// The report of the comparison; nil before it has run.
    var found: [String]?

    init(_ pair: SchemaPair, found: [String]?) {
        number = pair.number
        prefix = pair.prefix
        way = pair.way.rawValue
        expected = pair.expected
        live = pair.live
        changes = pair.changes.flatMap(\.statements)
        wanted = pair.wanted
        self.found = found
    }

    /// Writes the file if `PAIRS_FOLDER` is set.
    static func write(_ records: @autoclosure () -> [PairRecord]) throws {
        guard let folder = ProcessInfo.processInfo.environment["PAIRS_FOLDER"] else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(records()).write(to: URL(filePath: folder).appending(path: "pairs.json"))
    }
}
