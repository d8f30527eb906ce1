import Digests
import Synchronization

/// Chooses the idempotency key of each delivery, by which the agent recognizes a repetition.
struct Deliveries: Sendable {
    private let recent = RecentKeys()

    /// The key of a GitHub delivery, from the body that its signature covers: a captured delivery that is sent again,
    /// with any id, is the same job for as long as the agent remembers the key (7 days). A second delivery with the
    /// same id is the same job too, even when its body differs.
    func key(ofSigned body: [UInt8], id: String?, route: Route) -> String {
        let fresh = Self.key(route, "body", body)
        guard let id else { return fresh }
        let name = Self.key(route, "delivery", Array(id.utf8))
        return recent.key(for: name, within: .seconds(7 * 86_400), fresh: fresh)
    }

    /// The key of a delivery with a static token.
    ///
    /// A sender that gives its delivery an id (`Idempotency-Key`, or else `X-Request-Id`) gets one job for one id.
    /// Without an id, an equal body within `repeat_seconds` of the first is a repetition. Later it is a new delivery:
    /// deploy scripts post the same few bytes each time, and tomorrow's deployment must migrate again.
    func key(
        ofBody body: [UInt8], id: String?, route: Route, at now: ContinuousClock.Instant = .now
    ) -> String {
        if let id { return Self.key(route, "id", Array(id.utf8)) }
        let nonce = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        return recent.key(
            for: Self.key(route, "body", body), within: route.repeatWindow, at: now,
            fresh: Self.key(route, "once", nonce))
    }

    /// A key within the protocol's grammar, different for each route.
    private static func key(_ route: Route, _ kind: String, _ bytes: [UInt8]) -> String {
        "hook:" + SHA256.hash(Array("\(route.path)\n\(kind)\n".utf8) + bytes).hexadecimal
    }
}

/// Remembers the idempotency key of each delivery for as long as an equal delivery is a repetition.
///
/// Bounded: when full, the oldest entry is dropped. In memory only: where repetitions must be recognized after a
/// restart (a delivery with an id or a signature), the key can be computed again.
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

    /// The key that was stored for `name` within `window` before `now`; otherwise stores and returns `fresh`.
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
