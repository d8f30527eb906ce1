import Alembic
import Revisions

/// What a run can have recorded itself. Other rows than these were written by somebody else.
struct OwnWork: Sendable {
    /// The revisions that the run may have recorded, in the order in which they ran.
    var possible: [String]
    /// The revisions that it has recorded, if the rows include them.
    var certain: [String]

    /// - Parameters:
    ///   - outcome: what the run reported.
    ///   - failure: nil when it ended without an error.
    init(_ outcome: MigrationRun.Outcome, _ failure: AlembicError?) {
        possible = outcome.applied
        certain = outcome.applied
        guard let failure else { return }
        if failure.code.isWithoutReport {
            // It may have ended after a COMMIT that it could not report any more.
            possible += [failure.revision].compactMap(\.self)
            certain = possible
        } else {
            certain = outcome.committed
        }
    }

    /// Whether the run alone can have left these rows: with all of its revisions, or with the first of them.
    ///
    /// - Parameter from: the rows before the run.
    func explains(_ rows: [String?], from: [String?], _ graph: RevisionGraph) -> Bool {
        if RecordedProgress.areSame(rows, from) { return true }
        guard let last = possible.lastIndex(where: { rows.contains($0) }) else { return false }
        let known = RowClassification(rows: from + possible[...last].map(\.self), graph: graph).known
        return RecordedProgress.areSame(rows, known)
    }
}

extension AlembicError.Code {
    /// Whether the run ended without reporting its own outcome.
    var isWithoutReport: Bool {
        switch self {
        case .runnerLost, .deadlineExceeded, .cancelled: true
        default: false
        }
    }
}
