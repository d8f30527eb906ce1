import Synchronization

/// Waits for work until a deadline, and no longer.
package enum Deadline {
    /// Runs `work` in a task of its own and returns its result.
    ///
    /// When the deadline passes or the caller is cancelled, the task of `work` is cancelled and this returns at once,
    /// without waiting for the task to end.
    ///
    /// - Throws: the failure of `work`; `late` when the deadline passed first; `cancelled` when the calling task was
    ///   cancelled first.
    package static func wait<T: Sendable, Failure: Error>(
        until deadline: ContinuousClock.Instant, late: Failure, cancelled: Failure,
        _ work: @escaping @Sendable () async -> Result<T, Failure>
    ) async throws(Failure) -> T {
        let first = FirstResult<T, Failure>()
        let timer = Task {
            // Also returns when the timer is cancelled; the result is there by then, and this one is ignored.
            try? await Task.sleep(until: deadline)
            first.resume(.failure(late))
        }
        let worker = Task { first.resume(await work()) }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { first.set($0) }
        } onCancel: {
            first.resume(.failure(cancelled))
        }
        timer.cancel()
        worker.cancel()
        return try result.get()
    }
}

/// Resumes a continuation with the first result that arrives, before or after the continuation does.
private final class FirstResult<T: Sendable, Failure: Error>: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<Result<T, Failure>, Never>)
        case finished(Result<T, Failure>)
    }

    private let state = Mutex(State.empty)

    func set(_ continuation: CheckedContinuation<Result<T, Failure>, Never>) {
        state.withLock { state in
            if case .finished(let result) = state {
                continuation.resume(returning: result)
            } else {
                state = .waiting(continuation)
            }
        }
    }

    func resume(_ result: Result<T, Failure>) {
        state.withLock { state in
            switch state {
            case .finished: return
            case .empty: break
            case .waiting(let continuation): continuation.resume(returning: result)
            }
            state = .finished(result)
        }
    }
}
