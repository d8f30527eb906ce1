import Dispatch
import Synchronization

/// Blocks a synchronous body until `open()` is called.
final class Latch: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }

    /// Returns after 30 s at the latest, so that a failed test ends.
    func wait() { _ = semaphore.wait(timeout: .now() + 30) }
}

/// Collects texts from any thread.
final class CollectedTexts: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ text: String) { texts.withLock { $0.append(text) } }

    var all: [String] { texts.withLock { $0 } }
}
