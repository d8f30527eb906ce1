import CLibPQ
import Dispatch
import Synchronization

/// Cancels the running statement of one connection, from any thread.
///
/// `PQcancel` blocks, so it runs on its own queue. It runs under a mutex that also records whether a body is running:
/// once a body has ended, a late cancel request cannot reach a statement of the next one.
final class CancelSwitch: Sendable {
    private struct State: ~Copyable {
        var key: CancelKey?
        var isRunning = false
        var isRequested = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "schemad.postgres.cancel")

    /// Sets the key of a newly opened connection, or nil after closing it.
    func install(_ key: consuming sending CancelKey?) {
        var key = key
        state.withLock { state in state.key = key.take() }
    }

    /// Marks the start of a body.
    func begin() {
        state.withLock { state in
            state.isRunning = true
            state.isRequested = false
        }
    }

    /// Marks the end of a body.
    func end() {
        state.withLock { state in
            state.isRunning = false
            state.isRequested = false
        }
    }

    /// Requests cancellation of the running body; does nothing when none is running.
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

    /// Sends a pending request to the server. The server ignores a request that arrives between two statements, so the
    /// caller repeats this while it waits for a statement.
    func send() {
        state.withLock { state in
            guard state.isRunning, state.isRequested, let key = unsafe state.key?.pointer else { return }
            // The error text is not needed: if the request fails, the statement continues and reports its own result.
            unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
                _ = unsafe PQcancel(key, message.baseAddress, CInt(message.count))
            }
        }
    }
}

/// Owns what libpq needs to cancel a statement of one connection.
///
/// Sendable although it holds a pointer: libpq never changes a `PGcancel` after creating it, and only the owner frees
/// it.
@safe struct CancelKey: ~Copyable, @unchecked Sendable {
    let pointer: OpaquePointer

    init?(_ connection: borrowing ConnectionHandle) {
        guard let pointer = unsafe PQgetCancel(connection.pointer) else { return nil }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe PQfreeCancel(pointer)
    }
}
