import Diagnosis
import Support
import Synchronization

/// Records the verdicts that a watcher receives, in order.
final class VerdictRecorder: Sendable {
    private let all = Mutex<[Verdict]>([])

    var verdicts: [Verdict] { all.withLock(\.self) }

    func record(_ verdict: Verdict) { all.withLock { $0.append(verdict) } }

    /// Waits until exactly these verdicts are recorded.
    func eventually(_ expected: [Verdict]) async throws {
        try await Support.eventually("the watcher has received \(expected), not \(verdicts)") { verdicts == expected }
    }
}
