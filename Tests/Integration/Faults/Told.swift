import Diagnosis
import Support
import Synchronization

/// The verdicts that a watcher was told, in their order.
final class Told: Sendable {
    private let all = Mutex<[Verdict]>([])

    var verdicts: [Verdict] { all.withLock(\.self) }

    func add(_ verdict: Verdict) { all.withLock { $0.append(verdict) } }

    /// Waits until just these have been told.
    func eventually(_ expected: [Verdict]) async throws {
        try await Support.eventually("the watcher was told \(expected), not \(verdicts)") { verdicts == expected }
    }
}
