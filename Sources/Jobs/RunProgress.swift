import Alembic
import Revisions
import Synchronization
import Wire

/// Converts the runner's events into progress. It counts revisions as they run: Alembic alone decides the order of
/// independent branches.
final class RunProgress: Sendable {
    private struct Position {
        var applied = 0
        /// The statement that runs.
        var statement: String?
    }

    private let total: Int
    private let graph: RevisionGraph
    private let position = Mutex(Position())

    /// - Parameter graph: has the messages of the revisions.
    init(total: Int, graph: RevisionGraph) {
        self.total = total
        self.graph = graph
    }

    func step(_ event: RunnerEvent) -> Progress? {
        switch event {
        case .connected(let report):
            return Progress(phase: .starting, message: "env.py is connected to \(report)")
        case .revisionStarted(let revision, _, _, _):
            return progress(.revisionStarted, revision, index: position.withLock { $0.applied + 1 })
        case .revisionApplied(let revision, let durationMs, _):
            let index = position.withLock { position in
                position.applied += 1
                return position.applied
            }
            var progress = progress(.revisionApplied, revision, index: index)
            progress.elapsedMs = Int64(durationMs)
            return progress
        case .statementStarted(let revision, let statement):
            let index = position.withLock { position in
                position.statement = statement
                return position.applied + 1
            }
            var progress = progress(.statement, revision, index: index)
            progress.statement = statement
            return progress
        case .statementEnded(let revision, let rows, let durationMs):
            let (index, statement) = position.withLock { ($0.applied + 1, $0.statement.take()) }
            var progress = progress(.statement, revision, index: index)
            (progress.statement, progress.rows) = (statement, rows.map(Int64.init))
            progress.elapsedMs = Int64(durationMs)
            return progress
        case .autocommit, .committing, .roleSwitched:
            return nil
        }
    }

    private func progress(_ phase: Progress.Phase, _ revision: String?, index: Int) -> Progress {
        let doc = revision.flatMap { graph[$0]?.doc } ?? ""
        return Progress(
            phase: phase, revision: revision, doc: doc.isEmpty ? nil : doc, index: index, total: total)
    }
}
