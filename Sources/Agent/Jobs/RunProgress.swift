import Alembic
import Synchronization
import Wire

/// Turns the runner's events into what a watcher is told. It counts as the run goes: among independent branches, Alembic
/// alone decides what comes first.
final class RunProgress: Sendable {
    private let total: Int
    private let applied = Mutex(0)

    init(total: Int) { self.total = total }

    func step(_ event: RunnerEvent) -> Progress? {
        switch event {
        case .connected(let report):
            return Progress(phase: .starting, message: "env.py works on \(report)")
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
        case .autocommit:
            return nil
        }
    }
}
