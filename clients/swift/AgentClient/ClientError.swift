public import Wire

/// Why a request got no result. Each says what happened, to which object, and what to do next.
public enum ClientError: Error, Hashable, Sendable {
    /// The agent answered with an error.
    case agent(WireError)
    /// Nothing listens at the socket.
    case cannotConnect(socket: String, reason: String)
    /// The socket exists, and this user may not use it.
    case permissionDenied(socket: String)
    /// Whoever listens is neither root, nor this user, nor the agent's user; nothing was sent.
    case wrongPeer(socket: String, uid: UInt32, expected: String)
    /// The connection ended before the answer came.
    case agentClosed(socket: String)
    case timeout(socket: String, waitingFor: String, seconds: Int64)
    /// What came is not the protocol, or a version that this client does not speak.
    case protocolViolation(socket: String, reason: String)
    case keyFile(path: String, reason: String)
    /// A file that was to be written.
    case file(path: String, reason: String)
}

extension ClientError: CustomStringConvertible {
    /// A stable word for programs: the agent's own code, or one of this client's.
    public var code: String {
        switch self {
        case .agent(let error): error.code.rawValue
        case .cannotConnect: "cannotConnect"
        case .permissionDenied: "socketPermissionDenied"
        case .wrongPeer: "wrongPeer"
        case .agentClosed: "agentClosed"
        case .timeout: "timeout"
        case .protocolViolation: "protocolViolation"
        case .keyFile: "keyFile"
        case .file: "file"
        }
    }

    public var message: String {
        switch self {
        case .agent(let error): error.message
        case .cannotConnect(let socket, let reason):
            "cannot connect to \(socket): \(reason). Is schemad running, and is this its socket? "
                + "(systemctl status schemad; --socket PATH or ADMINCTL_SOCKET)"
        case .permissionDenied(let socket):
            "this user may not use \(socket). Join the socket's group (ls -l \(socket)), or run as a user who may."
        case .wrongPeer(let socket, let uid, let expected):
            "\(socket) is served by user \(uid), not by root, this user or \(expected); nothing was sent. "
                + "If user \(uid) is the agent's, say so with --agent-user or ADMINCTL_AGENT_USER."
        case .agentClosed(let socket):
            "the agent at \(socket) closed the connection before it answered; its log says why. "
                + "A job that was recorded goes on: adminctl jobs."
        case .timeout(let socket, let what, let seconds):
            "the agent at \(socket) did not send \(what) within \(seconds) s."
        case .protocolViolation(let socket, let reason):
            "what listens at \(socket) does not speak this protocol: \(reason)."
        case .keyFile(let path, let reason):
            "the key file \(path) cannot be used: \(reason)."
        case .file(let path, let reason): "\(path): \(reason)."
        }
    }

    /// Whether the same request may succeed later.
    public var isRetryable: Bool {
        switch self {
        case .agent(let error): error.retryable
        case .cannotConnect, .agentClosed, .timeout: true
        case .permissionDenied, .wrongPeer, .protocolViolation, .keyFile, .file: false
        }
    }

    /// The exit status of `adminctl`, after sysexits.h.
    public var exitStatus: Int32 {
        switch self {
        case .agent(let error): error.code.exitStatus
        case .cannotConnect, .agentClosed: 69
        case .timeout: 75
        case .protocolViolation: 76
        case .permissionDenied, .wrongPeer: 77
        case .keyFile: 78
        case .file: 73
        }
    }

    public var description: String { message }

    /// The error as programs read it: the agent's own members, or the same ones for an error of this client.
    public var json: JSON {
        if case .agent(let error) = self { return error.json }
        return ["code": .string(code), "message": .string(message), "retryable": .bool(isRetryable)]
    }
}
