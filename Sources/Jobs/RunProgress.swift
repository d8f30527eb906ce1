import Alembic
import Synchronization
import Wire

/// Converts the runner's events into progress. It counts revisions as they run: Alembic alone decides the order of
/// independent branches.
final class RunProgress: Sendable {
    private let total: Int
    private let applied = Mutex(0)

    init(total: Int) { self.total = total }

    func step(_ event: RunnerEvent) -> Progress? {
        switch event {
        case .connected(let report):
            return Progress(phase: .starting, message: "env.py is connected to \(report)")
        case .revisionStarted(let revision, _, _):
            return Progress(
                phase: .revision, revision: revision, index: applied.withLock { $0 + 1 }, total: total, status: .started
            )
        case .revisionApplied(let revision, let durationMs, _):
            let index = applied.withLock { applied in
                applied += 1
                return applied
            }
            return Progress(
                phase: .revision, revision: revision, index: index, total: total, status: .applied,
                durationMs: Int64(durationMs))
        case .autocommit, .roleSwitched:
            return nil
        }
    }
}
