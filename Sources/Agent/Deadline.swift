import Synchronization
import Wire

/// Waits for work no longer than until a deadline.
enum Deadline {
    /// The result of `work`, or `deadlineExceeded`.
    ///
    /// The work itself is not stopped: others may be waiting for the same answer, and memory wants it.
    static func wait<T: Sendable>(
        until deadline: ContinuousClock.Instant, _ work: @escaping @Sendable () async -> Result<T, WireError>
    ) async throws(WireError) -> T {
        let first = First<T>()
        let result = await withCheckedContinuation { continuation in
            first.set(continuation)
            let clock = Task {
                // Ends early, and without effect, when the work is done first.
                try? await Task.sleep(until: deadline)
                first.resume(
                    .failure(WireError(.deadlineExceeded, "there was no answer within the request's deadline")))
            }
            Task {
                first.resume(await work())
                clock.cancel()
            }
        }
        return try result.get()
    }

    /// Takes the first of several answers.
    private final class First<T: Sendable>: Sendable {
        private let continuation = Mutex<CheckedContinuation<Result<T, WireError>, Never>?>(nil)

        func set(_ continuation: CheckedContinuation<Result<T, WireError>, Never>) {
            self.continuation.withLock { $0 = continuation }
        }

        func resume(_ result: Result<T, WireError>) {
            continuation.withLock { continuation in
                defer { continuation = nil }
                return continuation
            }?.resume(returning: result)
        }
    }
}
