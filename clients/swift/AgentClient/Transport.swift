import CPosix
import Files
import Glibc

/// How long one step of a conversation may take, and what it is called in the error when it takes longer.
struct TimeLimit {
    let limit: Duration?
    /// Nil for no limit.
    let end: ContinuousClock.Instant?

    /// Starts now.
    init(_ limit: Duration?) {
        self.limit = limit
        end = limit.map { ContinuousClock.now + $0 }
    }
}

/// A connected Unix socket with time limits: bytes in, bytes out.
struct Transport: ~Copyable {
    private let path: String
    private let descriptor: Int32

    /// Connects. While the listener's queue is full, retries until the time limit.
    ///
    /// - Throws: `cannotConnect`, `permissionDenied`, `timeout`.
    init(path: String, _ time: TimeLimit) throws(AgentClientError) {
        self.path = path
        while true {
            let result = unsafe schemad_unix_connect(path)
            if result >= 0 {
                descriptor = result
                return
            }
            guard result == -EAGAIN || result == -EINTR else { throw Self.connectError(-result, path) }
            // poll cannot wait for room in the queue.
            if let end = time.end, ContinuousClock.now >= end {
                throw .timeout(socket: path, action: "accept the connection", limit: time.limit ?? .zero)
            }
            _ = poll(nil, 0, 5)
        }
    }

    deinit { close(descriptor) }

    private static func connectError(_ number: Int32, _ path: String) -> AgentClientError {
        switch number {
        case EACCES, EPERM: .permissionDenied(socket: path)
        case ENOENT: .cannotConnect(socket: path, reason: "there is no such socket")
        case ECONNREFUSED: .cannotConnect(socket: path, reason: "nothing listens there")
        case ENAMETOOLONG: .cannotConnect(socket: path, reason: "the path of a socket has 1 to 107 bytes")
        default: .cannotConnect(socket: path, reason: SystemError.text(number))
        }
    }

    /// The user whose process serves the socket.
    func peerUser() throws(AgentClientError) -> UInt32 {
        var process: pid_t = 0
        var user: uid_t = 0
        var group: gid_t = 0
        let status = unsafe schemad_peer_credentials(descriptor, &process, &user, &group)
        guard status == 0 else { throw .cannotConnect(socket: path, reason: SystemError.text(status)) }
        return user
    }

    /// Writes all of `bytes`, unless the agent closes the connection: what it sent before that can still be read.
    func write(_ bytes: [UInt8], _ time: TimeLimit) throws(AgentClientError) {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(
                    descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                offset += count
                continue
            }
            switch errno {
            case EAGAIN: try wait(for: Int16(POLLOUT), time, action: "read the request")
            case EINTR: continue
            case EPIPE: return
            default: throw .agentClosed(socket: path)
            }
        }
    }

    /// The bytes that have arrived, at least one.
    ///
    /// - Parameter action: what the agent has not done when the time limit passes.
    /// - Throws: `agentClosed`, `timeout`.
    func read(_ time: TimeLimit, action: String) throws(AgentClientError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count > 0 { return Array(buffer[..<count]) }
            guard count < 0 else { throw .agentClosed(socket: path) }
            switch errno {
            case EAGAIN: try wait(for: Int16(POLLIN), time, action: action)
            case EINTR: continue
            default: throw .agentClosed(socket: path)
            }
        }
    }

    private func wait(for events: Int16, _ time: TimeLimit, action: String) throws(AgentClientError) {
        while true {
            var milliseconds: Int32 = -1
            if let end = time.end {
                let left = end - ContinuousClock.now
                guard left > .zero else { throw .timeout(socket: path, action: action, limit: time.limit ?? .zero) }
                // Rounded up, so that poll never returns just before the time limit.
                milliseconds = Int32(clamping: left.milliseconds + 1)
            }
            var request = pollfd(fd: descriptor, events: events, revents: 0)
            let status = unsafe poll(&request, 1, milliseconds)
            if status > 0 { return }
            if status < 0, errno != EINTR { throw .agentClosed(socket: path) }
        }
    }
}
