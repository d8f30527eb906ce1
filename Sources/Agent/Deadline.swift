import Synchronization
import Wire

/// Waits for work no longer than until a deadline.
enum Deadline {
    /// The result of `work`, or `deadlineExceeded`.
    ///
    /// Work that is late is cancelled; what it shares with others goes on.
    static func wait<T: Sendable>(
        until deadline: ContinuousClock.Instant, _ work: @escaping @Sendable () async -> Result<T, WireError>
    ) async throws(WireError) -> T {
        let first = First<T>()
        let clock = Task {
            // A timer: cancelled when there is an answer, and what it says then comes too late to count.
            try? await Task.sleep(until: deadline)
            first.resume(
                .failure(WireError(.deadlineExceeded, "there was no answer within the request's deadline")))
        }
        let worker = Task { first.resume(await work()) }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { first.set($0) }
        } onCancel: {
            first.resume(.failure(WireError(.cancelled, "nobody waits for the answer any more")))
        }
        clock.cancel()
        worker.cancel()
        return try result.get()
    }

    /// Takes the first of several answers.
    private final class First<T: Sendable>: Sendable {
        private enum State {
            case empty
            case waiting(CheckedContinuation<Result<T, WireError>, Never>)
            case answered(Result<T, WireError>)
        }

        private let state = Mutex(State.empty)

        func set(_ continuation: CheckedContinuation<Result<T, WireError>, Never>) {
            state.withLock { state in
                if case .answered(let result) = state {
                    continuation.resume(returning: result)
                } else {
                    state = .waiting(continuation)
                }
            }
        }

        func resume(_ result: Result<T, WireError>) {
            state.withLock { state in
                switch state {
                case .answered: return
                case .empty: break
                case .waiting(let continuation): continuation.resume(returning: result)
                }
                state = .answered(result)
            }
        }
    }
}
