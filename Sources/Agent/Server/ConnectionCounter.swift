import Synchronization

/// The number of open connections, in total and by user.
final class ConnectionCounter: Sendable {
    private let open = Mutex<[UInt32: Int]>([:])

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
}
