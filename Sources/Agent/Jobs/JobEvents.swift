import Synchronization
import Wire

/// The progress of jobs while they live, for whoever watches; the journal keeps only how they ended.
final class JobEvents: Sendable {
    /// One thing that happened to a job. Sequences start at 1 and have no holes.
    struct Entry: Sendable {
        var sequence: Int64
        var data: JSON
    }

    private struct Log {
        var entries: [Entry] = []
        var lastSequence: Int64 = 0
        var watchers: [UInt64: AsyncStream<Entry>.Continuation] = [:]
    }

    /// How many entries of one job are kept for those who come later.
    private static let kept = 1000

    private let logs = Mutex<[String: Log]>([:])
    private let lastWatcher = Atomic<UInt64>(0)

    /// Makes room for a job's events; watching is possible from here on.
    func open(_ job: String) {
        logs.withLock { $0[job] = $0[job] ?? Log() }
    }

    func publish(_ job: String, _ data: JSON) {
        logs.withLock { logs in
            guard var log = logs.removeValue(forKey: job) else { return }
            log.lastSequence += 1
            let entry = Entry(sequence: log.lastSequence, data: data)
            log.entries.append(entry)
            if log.entries.count > Self.kept { log.entries.removeFirst() }
            for watcher in log.watchers.values { watcher.yield(entry) }
            logs[job] = log
        }
    }

    /// Ends every watch of the job.
    func close(_ job: String) {
        let log = logs.withLock { $0.removeValue(forKey: job) }
        for watcher in (log?.watchers ?? [:]).values { watcher.finish() }
    }

    /// The job's events after `sequence`, then those to come, until the job ends; `nil` when it is not alive.
    func watch(_ job: String, after sequence: Int64) -> AsyncStream<Entry>? {
        let watcher = lastWatcher.add(1, ordering: .relaxed).newValue
        let (stream, continuation) = AsyncStream.makeStream(
            of: Entry.self, bufferingPolicy: .bufferingNewest(Self.kept))
        let isAlive = logs.withLock { logs in
            guard var log = logs.removeValue(forKey: job) else { return false }
            // A sequence from before a restart of the agent means nothing here: everything is told.
            let seen = sequence <= log.lastSequence ? sequence : 0
            for entry in log.entries where entry.sequence > seen { continuation.yield(entry) }
            log.watchers[watcher] = continuation
            logs[job] = log
            return true
        }
        guard isAlive else { return nil }
        continuation.onTermination = { [weak self] _ in
            self?.logs.withLock { _ = $0[job]?.watchers.removeValue(forKey: watcher) }
        }
        return stream
    }
}
