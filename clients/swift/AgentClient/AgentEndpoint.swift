import Glibc
public import Tokens

/// Where an agent listens, which users may serve that socket, and the key for requests.
public struct AgentEndpoint: Sendable {
    public static let defaultSocket = "/run/schemad/admin.sock"
    public static let defaultAgentUser = "schemad"

    public var socket: String
    /// Signs the token of each request; nil sends none, which is enough on the query socket.
    public var key: KeyRecord?
    /// The one user, in addition to root and the caller, who may serve the socket: a name or a number.
    public var agentUser: String
    /// For the connection and the agent's hello together.
    public var connectTimeout: Duration

    public init(
        socket: String = defaultSocket, key: KeyRecord? = nil, agentUser: String = defaultAgentUser,
        connectTimeout: Duration = .seconds(5)
    ) {
        self.socket = socket
        self.key = key
        self.agentUser = agentUser
        self.connectTimeout = connectTimeout
    }

    /// Whether a process of this user may be the agent.
    func accepts(peer user: UInt32) -> Bool {
        // The user database is read last: root and the caller need no look-up.
        user == 0 || user == geteuid() || UInt32(agentUser) == user || Self.identifier(of: agentUser) == user
    }

    private static func identifier(of name: String) -> UInt32? {
        var record = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 * 1024)
        return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress,
                unsafe getpwnam_r(name, &record, start, buffer.count, &found) == 0, unsafe found != nil
            else { return nil }
            return unsafe record.pw_uid
        }
    }
}
