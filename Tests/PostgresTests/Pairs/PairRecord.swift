import FoundationEssentials

/// A pair as another program reads it, from `pairs.json` in the folder that `PAIRS_FOLDER` names.
struct PairRecord: Encodable {
    var number: Int
    /// What the names of its schemas begin with.
    var prefix: String
    var way: String
    /// The statements of the migrations, and those of the live database; nil where it is restored from a dump.
    var expected: [String]
    var live: [String]?
    /// The statements that change the live database.
    var changes: [String]
    var wanted: [String]
    /// What the comparison says; nil while it has not been made.
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

    /// Writes the file, if a folder is named.
    static func write(_ records: @autoclosure () -> [PairRecord]) throws {
        guard let folder = ProcessInfo.processInfo.environment["PAIRS_FOLDER"] else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(records()).write(to: URL(filePath: folder).appending(path: "pairs.json"))
    }
}
