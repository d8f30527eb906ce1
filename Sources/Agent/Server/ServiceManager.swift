import CPosix
import Files
import Glibc

/// Socket activation and readiness notification of a service manager such as systemd (sd_listen_fds(3), sd_notify(3)).
enum ServiceManager {
    /// The descriptor of the first socket that a manager passes.
    private static let firstDescriptor: CInt = 3

    /// The listening sockets passed by the service manager. The variables that describe them are removed.
    ///
    /// - Throws: ``AgentError`` with status 78 as ``sockets(_:process:first:)``.
    static func takeSockets() throws(AgentError) -> [SocketRole: CInt] {
        let names = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]
        var variables: [String: String] = [:]
        for name in names { variables[name] = variable(name) }
        defer { for name in names { unsafe unsetenv(name) } }
        return try sockets(variables, process: getpid(), first: firstDescriptor)
    }

    /// The sockets that the variables describe, by role; none when the variables are meant for another process.
    ///
    /// The name of a socket decides whether its requests need a token, so every name must be known, and no role is
    /// guessed.
    ///
    /// - Parameter first: the descriptor of the first socket.
    /// - Throws: ``AgentError`` with status 78 when the variables are malformed, a socket has no name or an unknown one,
    ///   two have the same, or one is not a listening Unix stream socket.
    static func sockets(
        _ variables: [String: String], process: pid_t, first: CInt
    ) throws(AgentError) -> [SocketRole: CInt] {
        guard let text = variables["LISTEN_PID"], Int32(text) == process else { return [:] }
        let number = variables["LISTEN_FDS"] ?? ""
        guard let count = Int(number), count >= 0 else {
            throw refusal("LISTEN_FDS is '\(number)', not a number of sockets")
        }
        if count == 0 { return [:] }
        let names = (variables["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
            .map(String.init)
        guard names.count == count else {
            throw refusal("LISTEN_FDS is \(count), but LISTEN_FDNAMES has \(names.count) name(s)")
        }
        var sockets: [SocketRole: CInt] = [:]
        for (name, descriptor) in zip(names, first...) {
            guard let role = SocketRole(socketName: name) else {
                throw refusal("the socket on descriptor \(descriptor) has the unknown name '\(name)'")
            }
            guard sockets[role] == nil else { throw refusal("two sockets have the name '\(name)'") }
            try prepare(descriptor, name)
            sockets[role] = descriptor
        }
        return sockets
    }

    /// Checks one socket; programs that the agent starts do not inherit it.
    private static func prepare(_ descriptor: CInt, _ name: String) throws(AgentError) {
        switch schemad_check_listener(descriptor) {
        case 0: break
        case EPROTOTYPE: throw refusal("the socket '\(name)' is not a Unix stream socket")
        case EINVAL: throw refusal("the socket '\(name)' does not listen")
        case let code: throw refusal("the socket '\(name)' cannot be used: \(SystemError.text(code))")
        }
        let flags = fcntl(descriptor, F_GETFL)
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, flags >= 0,
            fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0
        else { throw refusal("the socket '\(name)' cannot be used: \(SystemError.text(errno))") }
    }

    private static func refusal(_ problem: String) -> AgentError {
        AgentError(
            exitStatus: 78,
            "sockets from the service manager: \(problem); each socket unit needs ListenStream= with a path, and "
                + "FileDescriptorName=admin or FileDescriptorName=query")
    }

    /// Sends a state such as `READY=1` to the manager; does nothing without one.
    static func notify(_ state: String) {
        guard let path = variable("NOTIFY_SOCKET") else { return }
        _ = unsafe schemad_notify(path, state)
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}

extension SocketRole {
    /// The role of the socket that a service manager calls `admin` or `query`; nil for any other name.
    fileprivate init?(socketName: String) {
        switch socketName {
        case "admin": self = .admin
        case "query": self = .query
        default: return nil
        }
    }
}
