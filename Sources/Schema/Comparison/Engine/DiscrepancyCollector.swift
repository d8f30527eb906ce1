/// Collects what the parts of a catalog comparison find.
struct DiscrepancyCollector {
    private(set) var discrepancies: [Discrepancy] = []
    private(set) var undecided: [Undecided] = []
    /// The objects that only the actual side has and that no migration manages.
    private(set) var unmanaged: [ObjectPath] = []
    var texts: TextComparison
    private let isManaged: (ObjectKey) -> Bool

    init(_ rules: TextRules, isManaged: @escaping (ObjectKey) -> Bool) {
        texts = TextComparison(rules)
        self.isManaged = isManaged
    }

    mutating func report(_ discrepancy: Discrepancy) { discrepancies.append(discrepancy) }

    mutating func report(
        _ kind: SchemaDifference.Kind, _ path: ObjectPath, expected: String?, actual: String?,
        subject: Discrepancy.Subject = .other, parents: [TableName] = []
    ) {
        discrepancies.append(
            Discrepancy(
                kind: kind, path: path, expected: expected, actual: actual, subject: subject, parents: parents))
    }

    mutating func reportUndecided(_ kind: SchemaDifference.Kind, _ path: ObjectPath, because reason: String) {
        undecided.append(Undecided(kind: kind, path: path, reason: reason))
    }

    /// Reports a difference or an undecided comparison, as the verdict about two texts requires.
    mutating func report(
        _ kind: SchemaDifference.Kind, _ path: ObjectPath, _ verdict: TextVerdict, expected: String, actual: String,
        subject: Discrepancy.Subject = .other, parents: [TableName] = []
    ) {
        switch verdict {
        case .same: break
        case .different:
            report(kind, path, expected: expected, actual: actual, subject: subject, parents: parents)
        case .unknown(let reason): reportUndecided(kind, path, because: reason)
        }
    }

    /// Reports an object that only the actual side has: as extra where it is managed, as unmanaged otherwise.
    mutating func reportExtra(
        _ kind: SchemaDifference.Kind, _ path: ObjectPath, _ key: ObjectKey, definition: String
    ) {
        if isManaged(key) {
            report(kind, path, expected: nil, actual: definition)
        } else {
            reportUnmanaged(path)
        }
    }

    mutating func reportUnmanaged(_ path: ObjectPath) { unmanaged.append(path) }

    /// Marks the missing columns of a table that may have been renamed; call it right after reporting the columns.
    mutating func markRenamedColumns(_ columns: MatchedColumns, of pair: TablePair) {
        RenameDetection.markRenamedColumns(columns, of: pair, in: &discrepancies)
    }
}
