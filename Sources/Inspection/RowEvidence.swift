import Alembic
import Diagnosis
import Revisions
import Schema

/// What the schema of a live database says about rows that somebody has chosen for its version table.
package struct RowEvidence: Hashable, Sendable {
    /// How many tables and views are as the migrations make them at these rows.
    package var matching: Int
    /// What contradicts the rows, a clause each.
    package var contradicting: [String]

    package init(matching: Int, contradicting: [String]) {
        self.matching = matching
        self.contradicting = contradicting
    }
}

extension DiagnosisInputs {
    /// Holds the live catalog against what the migrations make at these rows.
    ///
    /// - Parameter rows: ids of the project; empty is the database before the first revision.
    /// - Returns: nil where that is not known.
    func evidence(for rows: [String]) -> RowEvidence? {
        guard let history = expected?.history, let live = try? live.get(),
            case .known(let migrations) = migrations(at: rows, history)
        else { return nil }
        let models = (try? description?.get())?.models
        let versionTables = [live.versionTableName] + history.versionTables
        var sides = SchemaSides(
            live: live.catalog, liveHasDefinitions: live.hasDefinitions, migrations: migrations,
            versionTables: versionTables, defaultSchema: models?.defaultSchema ?? live.versionTable.schema,
            searchPath: models?.searchPath ?? [])
        sides.parsedTexts = normalized.texts
        let comparison = SchemaComparison(sides)
        let differing = comparison.differences.filter { $0.migrations != nil }
        let tables = Set(differing.map { $0.column?.table ?? $0.object })
        let own = Set(versionTables)
        return RowEvidence(
            matching: max(0, migrations.expected.tables.count { !own.contains($0.qualifiedName) } - tables.count),
            contradicting: differing.map(\.contradiction) + comparison.pending.flatMap(\.contradictions))
    }
}

extension SchemaDifference {
    fileprivate var contradiction: String {
        guard live != nil else { return "\(object) does not exist" + (revision.map { ", and \($0) creates it" } ?? "") }
        return
            "\(object) differs (\(kind.rawValue)): \(migrations ?? "") in the migrations, \(live ?? "") in the database"
    }
}

extension PendingRevision {
    /// Why the revision cannot be pending.
    fileprivate var contradictions: [String] {
        present.map { change in
            switch change.action {
            case .creates: "\(change.object) exists, and \(revision) would create it again"
            case .drops: "\(change.object) does not exist, and \(revision) would drop it again"
            case .changes: "\(change.object) is already as \(revision) makes it"
            }
        }
    }
}
