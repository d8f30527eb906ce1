/// One key: its name and what it permits. What is absent in the file is not restricted, except scopes.
///
/// It never changes. It is a class because it is passed along with every request.
public final class KeyRecord: Sendable {
    public let kid: String
    /// As the file names them; no scope implies another.
    public let scopes: Set<String>
    /// Nil: every database.
    public let databases: Set<String>?
    /// The user ids of peers that may use it; nil: any.
    public let uids: Set<UInt32>?
    /// The group ids of peers that may use it; nil: any.
    public let gids: Set<UInt32>?
    /// Unix seconds, both inclusive; nil: unbounded.
    public let notBefore: Int64?
    public let notAfter: Int64?
    /// The secret, ready for use; it cannot be read back.
    public let hmac: HMACKey

    package init(
        kid: String, scopes: Set<String>, databases: Set<String>?, uids: Set<UInt32>?, gids: Set<UInt32>?,
        notBefore: Int64?, notAfter: Int64?, hmac: HMACKey
    ) {
        self.kid = kid
        self.scopes = scopes
        self.databases = databases
        self.uids = uids
        self.gids = gids
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.hmac = hmac
    }

    public func permits(scope: String) -> Bool { scopes.contains(scope) }

    /// Names are compared as bytes; Swift treats two spellings of one accented letter as equal.
    public func permits(database: String) -> Bool {
        databases?.contains { $0.utf8.elementsEqual(database.utf8) } ?? true
    }

    /// Whether a peer with these credentials may use the key.
    public func permits(uid: UInt32, gid: UInt32) -> Bool {
        (uids?.contains(uid) ?? true) && (gids?.contains(gid) ?? true)
    }

    /// Whether the key is valid at `now`, Unix seconds.
    public func isValid(at now: Int64) -> Bool {
        (notBefore.map { $0 <= now } ?? true) && (notAfter.map { now <= $0 } ?? true)
    }
}
