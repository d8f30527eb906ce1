import CLibPQ
import Dispatch
import Synchronization

/// Cancels what one connection is doing, from anywhere.
///
/// `PQcancel` blocks, so it has a queue of its own. It runs under a mutex that also says whether a body is running:
/// once the body has ended no late request can reach the next one's statement.
final class CancelSwitch: Sendable {
    private struct State: ~Copyable {
        var key: CancelKey?
        var isRunning = false
        var isRequested = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "schemad.postgres.cancel")

    /// Connects the switch with a fresh link.
    func install(_ key: consuming sending CancelKey?) {
        var key = key
        state.withLock { state in state.key = key.take() }
    }

    func begin() {
        state.withLock { state in
            state.isRunning = true
            state.isRequested = false
        }
    }

    func end() {
        state.withLock { state in
            state.isRunning = false
            state.isRequested = false
        }
    }

    /// Asks for the end of the running body; does nothing when none is running.
    func request() {
        let isRunning = state.withLock { state in
            if state.isRunning { state.isRequested = true }
            return state.isRunning
        }
        if isRunning { queue.async { self.send() } }
    }

    var isRequested: Bool {
        state.withLock { state in state.isRequested }
    }

    /// Sends the request to the server. The server forgets one that arrives between two statements, so whoever waits
    /// for a statement calls this again.
    func send() {
        state.withLock { state in
            guard state.isRunning, state.isRequested, let key = unsafe state.key?.pointer else { return }
            // What failed is told by the statement itself, which goes on; the text is of no use.
            unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
                _ = unsafe PQcancel(key, message.baseAddress, CInt(message.count))
            }
        }
    }
}
