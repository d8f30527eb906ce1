/// The process at the other end of a socket, as the kernel identifies it.
public struct Peer: Hashable, Sendable {
    public var uid: UInt32
    public var gid: UInt32
    public var pid: Int32
    /// The supplementary groups.
    public var groups: [UInt32]

    public init(uid: UInt32, gid: UInt32, pid: Int32, groups: [UInt32] = []) {
        self.uid = uid
        self.gid = gid
        self.pid = pid
        self.groups = groups
    }

    /// Whether the kernel could translate the credentials into this namespace; 65534 is the overflow uid.
    var isKnown: Bool { uid != 65_534 && pid != 0 }
}

/// Which of the two sockets a connection uses, which decides what a request needs.
public enum SocketRole: Hashable, Sendable {
    /// Every command; always a token, also from root.
    case admin
    /// Commands of scope read; the peer's credentials suffice.
    case query
}
