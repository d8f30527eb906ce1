import Text

/// Compares sequences: one that a column owns by that column, whatever its name; the others by name.
struct SequenceComparison {
    let context: ComparisonContext

    private var expected: CatalogIndex { context.expected }
    private var actual: CatalogIndex { context.actual }

    func compare(into collector: inout DiscrepancyCollector) {
        let difference = ListDifference(expected.catalog.sequences, actual.catalog.sequences)
        let open =
            difference.changed.map { expected.catalog.sequences[$0.expected] }
            + difference.missing.map { expected.catalog.sequences[$0] }
        let others =
            difference.changed.map { actual.catalog.sequences[$0.actual] }
            + difference.extra.map { actual.catalog.sequences[$0] }
        var candidates = SequenceCandidates(others)
        for sequence in open {
            guard let other = candidates.take(for: sequence) else {
                if !isMissingWithItsColumn(sequence) {
                    collector.report(.missingSequence, sequence.path, expected: text(sequence), actual: nil)
                }
                continue
            }
            let isSame = sequence.hasSameParameters(as: other) && sequence.owner.hasSameBytes(as: other.owner)
            if !isSame, !isMissingWithItsTable(sequence) {
                collector.report(
                    .sequence, other.path, expected: text(sequence), actual: text(other),
                    subject: .sequence(expected: sequence, actual: other))
            }
        }
        for sequence in candidates.rest where !isExtraWithItsColumn(sequence) {
            collector.reportExtra(.extraSequence, sequence.path, sequence.key, definition: text(sequence))
        }
    }

    /// Whether another difference covers this one: the owning table is missing, perhaps because it was renamed.
    private func isMissingWithItsTable(_ sequence: Sequence) -> Bool {
        sequence.owner.map { actual.table($0.table) == nil } ?? false
    }

    /// Whether another difference covers this one: the owning column is missing, or is filled in another way.
    private func isMissingWithItsColumn(_ sequence: Sequence) -> Bool {
        guard let owner = sequence.owner else { return false }
        guard let table = actual.table(owner.table), let column = table.column(owner.column) else { return true }
        guard let wanted = expected.table(owner.table)?.column(owner.column) else { return false }
        if wanted.identity != column.identity { return true }
        return expected.isSerial(wanted, of: owner.table) && !actual.isSerial(column, of: owner.table)
    }

    /// Whether another entry covers this one: the owning column is extra or unmanaged, or the expected column is filled
    /// in another way.
    private func isExtraWithItsColumn(_ sequence: Sequence) -> Bool {
        guard let owner = sequence.owner else { return false }
        guard let table = expected.table(owner.table), let column = table.column(owner.column) else { return true }
        guard let present = actual.table(owner.table)?.column(owner.column) else { return false }
        if present.identity != column.identity { return true }
        return actual.isSerial(present, of: owner.table) && !expected.isSerial(column, of: owner.table)
    }

    private func text(_ sequence: Sequence) -> String {
        DefinitionText.sequence(sequence, defaultSchema: context.defaultSchema)
    }
}

/// The sequences of the actual side that have no identical counterpart.
private struct SequenceCandidates {
    private let sequences: [Sequence]
    private let byName: [ObjectKey: Int]
    private let byOwner: [ColumnKey: [Int]]
    private var taken: Set<Int> = []

    init(_ sequences: [Sequence]) {
        self.sequences = sequences
        byName = Dictionary(
            zip(sequences.map(\.key), sequences.indices), uniquingKeysWith: { first, _ in first })
        var owned: [ColumnKey: [Int]] = [:]
        for (index, sequence) in sequences.enumerated() {
            if let owner = sequence.owner { owned[ColumnKey(owner), default: []].append(index) }
        }
        byOwner = owned
    }

    /// Takes the sequence that the same column owns, preferring one of the same name; else the one of the same name.
    mutating func take(for sequence: Sequence) -> Sequence? {
        let owned = sequence.owner.flatMap { byOwner[ColumnKey($0)] }?.filter { !taken.contains($0) } ?? []
        let namesake = byName[sequence.key].flatMap { taken.contains($0) ? nil : $0 }
        guard let index = owned.first(where: { $0 == namesake }) ?? owned.first ?? namesake else { return nil }
        taken.insert(index)
        return sequences[index]
    }

    var rest: [Sequence] { sequences.indices.filter { !taken.contains($0) }.map { sequences[$0] } }
}

/// A column of a database.
private struct ColumnKey: Hashable {
    let table: ObjectKey
    let column: ExactString

    init(_ owner: Sequence.Owner) {
        table = ObjectKey(table: owner.table)
        column = ExactString(owner.column)
    }
}
