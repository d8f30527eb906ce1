import Journal
import Postgres

/// What a run did itself: its steps in the journal, and what became of the transactions in them.
struct RecordedWork: Sendable {
    private let steps: [JobStep]
    private let transactions: [String: TransactionStatus]

    /// - Parameter transactions: one is missing when the server no longer knows.
    init(_ steps: [JobStep], _ transactions: [String: TransactionStatus]) {
        self.steps = steps
        self.transactions = transactions
    }

    private var commits: [JobStep] { steps.filter { $0.kind == .committing } }

    private func status(_ step: JobStep) -> TransactionStatus? { step.transaction.flatMap { transactions[$0] } }

    /// Whether some transaction was committed; nil when that is not known.
    var wasCommitted: Bool? {
        if commits.contains(where: { status($0) == .committed }) { return true }
        return commits.contains { status($0) == nil } ? nil : false
    }

    /// The revisions that the run has recorded, in the order in which they began.
    ///
    /// - Parameters:
    ///   - included: the revisions that the rows include now.
    ///   - reported: those that the run says it has recorded.
    func recorded(included: Set<String>, reported: [String]) -> [String] {
        var seen: Set<String> = []
        let begun = steps.filter { $0.kind == .revisionStarted }.compactMap(\.revision).filter {
            seen.insert($0).inserted
        }
        let autocommitted = Set(steps.filter { $0.kind == .autocommit }.compactMap(\.revision))
        // A session without transactions records each revision with a statement of its own.
        let hasTransactions = commits.contains { $0.revision != nil }
        return begun.filter { revision in
            let own = commits.filter { $0.revision == revision }
            guard own.isEmpty else {
                return own.contains {
                    status($0) == .committed || (status($0) == nil && included.contains(revision))
                }
            }
            return included.contains(revision)
                && (reported.contains(revision) || (!hasTransactions && autocommitted.contains(revision)))
        }
    }

    /// The revisions of which statements were committed by themselves: outside of a transaction, or in one that does not
    /// record the revision.
    var persisted: [String] {
        var found: [String] = []
        var running: String?
        for step in steps {
            switch step.kind {
            case .revisionStarted: running = step.revision
            case .autocommit: found += [step.revision ?? running].compactMap(\.self)
            case .committing where step.revision == nil && status(step) == .committed:
                found += [running].compactMap(\.self)
            case .committing where step.revision == running: running = nil
            default: break
            }
        }
        var seen: Set<String> = []
        return found.filter { seen.insert($0).inserted }
    }
}
