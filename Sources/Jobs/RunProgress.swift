import Alembic
import Revisions
import Synchronization
import Wire

/// Converts the runner's events into progress. It counts revisions as they run: Alembic alone decides the order of
/// independent branches.
final class RunProgress: Sendable {
    private let total: Int
    private let graph: RevisionGraph
    private let applied = Mutex(0)

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
            return progress(revision, index: applied.withLock { $0 + 1 }, .started)
        case .revisionApplied(let revision, let durationMs, _):
            let index = applied.withLock { applied in
                applied += 1
                return applied
            }
            var progress = progress(revision, index: index, .applied)
            progress.durationMs = Int64(durationMs)
            return progress
        case .autocommit, .committing, .roleSwitched:
            return nil
        }
    }

    private func progress(_ revision: String, index: Int, _ status: Progress.Status) -> Progress {
        let doc = graph[revision]?.doc ?? ""
        return Progress(
            phase: .revision, revision: revision, doc: doc.isEmpty ? nil : doc, index: index, total: total,
            status: status)
    }
}
