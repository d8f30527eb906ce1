import Synchronization
package import Wire

/// The progress of unfinished jobs, for clients that watch them. The journal keeps only how a job ended.
package final class JobEvents: Sendable {
    /// One event of a job.
    package struct Entry: Sendable {
        /// From 1, without gaps.
        package var sequence: Int64
        package var progress: Progress
    }

    private struct Log {
        var entries: [Entry] = []
        var lastSequence: Int64 = 0
        var watchers: [UInt64: AsyncStream<Entry>.Continuation] = [:]
    }

    /// How many entries of one job are kept for clients that start to watch later.
    private static let limit = 1000

    private let logs = Mutex<[String: Log]>([:])
    private let lastWatcher = Atomic<UInt64>(0)

    package init() {}

    /// Creates the log of a job; from now on it can be watched.
    package func open(_ job: String) {
        logs.withLock { $0[job] = $0[job] ?? Log() }
    }

    package func publish(_ job: String, _ progress: Progress) {
        logs.withLock { logs in
            guard var log = logs.removeValue(forKey: job) else { return }
            log.lastSequence += 1
            let entry = Entry(sequence: log.lastSequence, progress: progress)
            log.entries.append(entry)
            if log.entries.count > Self.limit { log.entries.removeFirst() }
            for watcher in log.watchers.values { watcher.yield(entry) }
            logs[job] = log
        }
    }

    /// Ends every watch of the job.
    package func close(_ job: String) {
        let log = logs.withLock { $0.removeValue(forKey: job) }
        for watcher in (log?.watchers ?? [:]).values { watcher.finish() }
    }

    /// The job's events after `sequence`, past and future, until the job ends; nil when it is not unfinished.
    package func watch(_ job: String, after sequence: Int64) -> AsyncStream<Entry>? {
        let watcher = lastWatcher.add(1, ordering: .relaxed).newValue
        let (stream, continuation) = AsyncStream.makeStream(
            of: Entry.self, bufferingPolicy: .bufferingNewest(Self.limit))
        let isOpen = logs.withLock { logs in
            guard var log = logs.removeValue(forKey: job) else { return false }
            // A sequence number from before a restart of the agent has no meaning: all entries are sent.
            let seen = sequence <= log.lastSequence ? sequence : 0
            for entry in log.entries where entry.sequence > seen { continuation.yield(entry) }
            log.watchers[watcher] = continuation
            logs[job] = log
            return true
        }
        guard isOpen else { return nil }
        continuation.onTermination = { [weak self] _ in
            self?.logs.withLock { _ = $0[job]?.watchers.removeValue(forKey: watcher) }
        }
        return stream
    }
}
