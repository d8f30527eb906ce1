import Dispatch
import Synchronization

/// Holds a synchronous body until somebody opens it.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }

    /// Gives up after half a minute, so that a failed test ends.
    func wait() { _ = semaphore.wait(timeout: .now() + 30) }
}

/// Texts that arrived from anywhere.
final class Collected: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ text: String) { texts.withLock { $0.append(text) } }

    var all: [String] { texts.withLock { $0 } }
}
