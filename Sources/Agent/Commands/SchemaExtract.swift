import Diagnosis
import Schema
import Wire

/// As much of a comparison as fits a response: breaking differences first, then the others in their order.
struct SchemaExtract {
    /// Bytes for all entries together and the evidence of the findings; a response has at most 1 MiB.
    private static let budget = 800_000
    /// Bytes for all entries together.
    private static let most = 700_000
    /// Names of members, short values and punctuation, of a difference and of an entry of two or three members.
    private static let overhead = 150, shortOverhead = 60

    private var left: Int
    private(set) var omitted = 0

    /// - Parameter findings: those of the same response.
    init(besides findings: [Finding] = []) {
        let evidence = findings.reduce(0) { $0 + $1.evidence.reduce(0) { $0 + $1.utf8.count + 5 } }
        left = max(0, min(Self.most, Self.budget - evidence))
    }

    mutating func take(_ differences: [SchemaDifference]) -> [SchemaDifference] {
        let breaking = take(differences.filter(\.breaking), size: Self.size)
        let others = take(differences.filter { !$0.breaking }, size: Self.size)
        if breaking.count + others.count == differences.count { return differences }
        return breaking + others
    }

    mutating func take(_ columns: [MissingColumn]) -> [MissingColumn] {
        take(columns, overhead: Self.shortOverhead) { $0.table.utf8.count + $0.column.utf8.count + $0.type.utf8.count }
    }

    mutating func take(_ revisions: [PendingRevision]) -> [PendingRevision] {
        take(revisions) { $0.present.reduce(0) { $0 + $1.object.utf8.count + Self.overhead } }
    }

    mutating func take(_ objects: [UnmanagedObject]) -> [UnmanagedObject] {
        take(objects, overhead: Self.shortOverhead) { $0.object.utf8.count }
    }

    mutating func take(_ objects: [IncomparableObject]) -> [IncomparableObject] {
        take(objects, overhead: Self.shortOverhead) { $0.object.utf8.count + $0.reason.utf8.count }
    }

    mutating func take(_ differences: [IgnoredDifference]) -> [IgnoredDifference] {
        take(differences) { $0.rule.utf8.count + Self.size($0.difference) }
    }

    private static func size(_ difference: SchemaDifference) -> Int {
        [difference.object, difference.models, difference.migrations, difference.live, difference.renamedTo]
            .reduce(0) { $0 + ($1?.utf8.count ?? 0) }
    }

    private mutating func take<Entry>(
        _ entries: [Entry], overhead: Int = Self.overhead, size: (Entry) -> Int
    ) -> [Entry] {
        var count = 0
        for entry in entries {
            let cost = size(entry) + overhead
            guard cost <= left else { break }
            left -= cost
            count += 1
        }
        omitted += entries.count - count
        return Array(entries.prefix(count))
    }
}
