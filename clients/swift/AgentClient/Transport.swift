import CPosix
import Glibc

/// A connected Unix socket with deadlines: bytes in, bytes out.
struct Transport: ~Copyable {
    enum Failure: Error {
        case timeout
        case system(Int32)
    }

    private let descriptor: Int32

    /// Connects; where the listener's queue is full, waits for a place until the deadline.
    init(path: String, deadline: ContinuousClock.Instant) throws(Failure) {
        while true {
            let result = unsafe schemad_unix_connect(path)
            if result >= 0 {
                descriptor = result
                return
            }
            guard result == -EAGAIN || result == -EINTR else { throw .system(-result) }
            // A full queue cannot be waited for with poll.
            guard ContinuousClock.now < deadline else { throw .timeout }
            _ = poll(nil, 0, 5)
        }
    }

    deinit { close(descriptor) }

    /// The user whose process serves the socket.
    func peerUser() throws(Failure) -> UInt32 {
        var process: pid_t = 0
        var user: uid_t = 0
        var group: gid_t = 0
        let status = unsafe schemad_peer_credentials(descriptor, &process, &user, &group)
        guard status == 0 else { throw .system(status) }
        return user
    }

    /// Writes all of `bytes`.
    ///
    /// - Throws: `system(EPIPE)` when the other side has closed; what it said before that can still be read.
    func write(_ bytes: [UInt8], deadline: ContinuousClock.Instant?) throws(Failure) {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(
                    descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                offset += count
            } else if errno == EAGAIN {
                try wait(for: Int16(POLLOUT), deadline)
            } else if errno != EINTR {
                throw .system(errno)
            }
        }
    }

    /// What has arrived, at least one byte; empty at the end.
    func read(deadline: ContinuousClock.Instant?) throws(Failure) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count >= 0 { return Array(buffer[..<count]) }
            switch errno {
            case EAGAIN: try wait(for: Int16(POLLIN), deadline)
            case EINTR: continue
            // The other side closed while something of ours was unread.
            case ECONNRESET: return []
            default: throw .system(errno)
            }
        }
    }

    private func wait(for events: Int16, _ deadline: ContinuousClock.Instant?) throws(Failure) {
        while true {
            var request = pollfd(fd: descriptor, events: events, revents: 0)
            let status = unsafe poll(&request, 1, try milliseconds(until: deadline))
            if status > 0 { return }
            if status < 0, errno != EINTR { throw .system(errno) }
        }
    }

    /// For poll: rounded up, so that a wait never ends just before its deadline; -1 without one.
    private func milliseconds(until deadline: ContinuousClock.Instant?) throws(Failure) -> Int32 {
        guard let deadline else { return -1 }
        let left = deadline - ContinuousClock.now
        guard left > .zero else { throw .timeout }
        let (seconds, attoseconds) = left.components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
