import Dispatch

/// Runs an actor's work on one dispatch queue of its own.
///
/// SQLite blocks its thread during an fsync. On Swift's shared pool, which has one thread a core, that would hold up
/// every other task of the process.
final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            job.runSynchronously(on: self.asUnownedSerialExecutor())
        }
    }
}
