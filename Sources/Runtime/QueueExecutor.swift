import Dispatch

/// Runs an actor's jobs one after another on a dispatch queue of its own, where they may block.
///
/// libpq, SQLite and waiting for a child process block their thread. On Swift's shared pool, which has one thread per
/// core, that would stop unrelated tasks. Linux has no `DispatchSerialQueue`, hence this class.
package final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// - Parameter label: the queue's name in debuggers.
    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            unsafe job.runSynchronously(on: self.asUnownedSerialExecutor())
        }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
