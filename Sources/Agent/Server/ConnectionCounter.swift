import Synchronization
import Wire

/// The number of open connections, in total and by user, and the responses that they have not read.
final class ConnectionCounter: Sendable {
    private let open = Mutex<[UInt32: Int]>([:])
    private let unread = Atomic<Int>(0)

    var count: Int { open.withLock { $0.values.reduce(0, +) } }

    /// Counts a new connection; returns false, without counting, when a limit is reached.
    func enter(_ uid: UInt32, _ limits: AgentSettings.Limits) -> Bool {
        open.withLock { open in
            guard open.values.reduce(0, +) < limits.connections, open[uid, default: 0] < limits.connectionsPerUser
            else { return false }
            open[uid, default: 0] += 1
            return true
        }
    }

    func leave(_ uid: UInt32) {
        open.withLock { open in
            open[uid, default: 1] -= 1
            if open[uid] == 0 { open[uid] = nil }
        }
    }

    /// Counts more, or with a negative number fewer, bytes of responses that wait for a client that does not read.
    func countUnread(_ bytes: Int) { unread.add(bytes, ordering: .relaxed) }

    /// Whether a response may wait as well, behind those that a client has not read.
    ///
    /// - Parameters:
    ///   - bytes: its size.
    ///   - waiting: the bytes that wait for this client.
    func mayWait(_ bytes: Int, behind waiting: Int) -> Bool {
        waiting + bytes <= Wire.Limits.unreadBytes
            && unread.load(ordering: .relaxed) + bytes <= Wire.Limits.allUnreadBytes
    }
}
