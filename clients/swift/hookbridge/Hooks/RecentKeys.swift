import Synchronization

/// Remembers which idempotency key a delivery was given, for as long as a repetition of it counts as the same.
///
/// Bounded: when full, the oldest is forgotten. In memory only, since what must survive a restart (a delivery with an
/// id or a signature) has a key that can be computed again.
final class RecentKeys: Sendable {
    private struct Entry {
        var key: String
        var firstSeen: ContinuousClock.Instant
    }

    private struct Memory {
        var entries: [String: Entry] = [:]
        var order: [String] = []
    }

    private let capacity: Int
    private let memory = Mutex(Memory())

    init(capacity: Int = 4096) {
        self.capacity = capacity
    }

    /// The key that `name` was given within `window` before `now`, or else `fresh`, remembered from now on.
    func key(
        for name: String, within window: Duration, at now: ContinuousClock.Instant = .now, fresh: String
    ) -> String {
        memory.withLock { memory in
            if let entry = memory.entries[name], now - entry.firstSeen < window { return entry.key }
            if memory.entries.updateValue(Entry(key: fresh, firstSeen: now), forKey: name) == nil {
                memory.order.append(name)
            }
            if memory.order.count > capacity {
                memory.entries[memory.order.removeFirst()] = nil
            }
            return fresh
        }
    }
}
