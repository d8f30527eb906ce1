public import Wire

/// Why a request has no result. Each message says what happened, to which object, and what to do next.
public enum AgentClientError: Error, Hashable, Sendable {
    /// The agent responded with an error.
    case agent(WireError)
    /// There is no socket at this path, or no process listens there.
    case cannotConnect(socket: String, reason: String)
    /// The socket exists, but this user is not allowed to connect to it.
    case permissionDenied(socket: String)
    /// The process that listens runs neither as root, nor as this user, nor as the agent's user. Nothing was sent.
    case wrongPeer(socket: String, uid: UInt32, expected: String)
    /// The connection ended before the response arrived.
    case agentClosed(socket: String)
    /// The agent did not do something in time; `action` completes "the agent did not …".
    case timeout(socket: String, action: String, limit: Duration)
    /// The bytes that arrived are not the protocol, or of a version that this client does not support.
    case protocolViolation(socket: String, reason: String)
    /// A key file that cannot be read, written or used.
    case keyFile(path: String, reason: String)
    /// Another file that cannot be written.
    case file(path: String, reason: String)
}

extension AgentClientError: CustomStringConvertible {
    /// A stable code for programs: the agent's own code, or one of this client's.
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
            "cannot connect to \(socket): \(reason). Check that schemad runs (systemctl status schemad) and that this "
                + "is its socket (--socket PATH or ADMINCTL_SOCKET)."
        case .permissionDenied(let socket):
            "permission denied for \(socket). Run the command as a member of the socket's group "
                + "(ls -l \(socket) shows it)."
        case .wrongPeer(let socket, let uid, let expected):
            "\(socket) is served by user \(uid), not by root, this user or \(expected); nothing was sent. "
                + "If the agent runs as user \(uid), set --agent-user or ADMINCTL_AGENT_USER."
        case .agentClosed(let socket):
            "the agent at \(socket) closed the connection before it responded; its log has the reason. "
                + "A job that was recorded continues: adminctl jobs."
        case .timeout(let socket, let action, let limit):
            "the agent at \(socket) did not \(action) within \(Self.seconds(limit)) s."
        case .protocolViolation(let socket, let reason):
            "the process that listens at \(socket) does not speak schemad's protocol: \(reason)."
        case .keyFile(let path, let reason):
            "cannot use the key file \(path): \(reason)."
        case .file(let path, let reason):
            "cannot write \(path): \(reason)."
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

    /// Whole seconds, or tenths of one below ten seconds.
    private static func seconds(_ duration: Duration) -> String {
        let tenths = duration.milliseconds / 100
        return tenths % 10 == 0 || tenths >= 100 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
