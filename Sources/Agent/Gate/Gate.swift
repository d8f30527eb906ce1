import Runtime
import Tokens
import Wire

/// Authenticates a frame before anything in its body is parsed.
struct Gate: Sendable {
    private let ring: KeyRing
    private let audience: String

    init(ring: KeyRing, audience: String) {
        self.ring = ring
        self.audience = audience
    }

    var keyIDs: [String] { ring.kids }

    /// The principal of a request.
    ///
    /// The admin socket always requires a token. The query socket accepts the peer's credentials if the kernel knows
    /// them; a token that is sent there must be valid too.
    ///
    /// - Throws: `unauthenticated`, `tokenExpired`, or `forbidden` for a peer that the key does not permit.
    func admit(
        _ frame: Frame, peer: Peer, role: SocketRole, now: Int64 = WallClock.seconds
    ) throws(WireError) -> Principal {
        if role == .query, frame.token.isEmpty {
            guard peer.isKnown else {
                throw WireError(.unauthenticated, "the kernel does not identify the peer; use a token")
            }
            return Principal(reader: peer)
        }
        let verified: VerifiedToken
        do {
            verified = try ring.verify(frame.token, body: frame.body, audience: audience, now: now)
        } catch {
            throw WireError(error, now: now)
        }
        let key = verified.key
        let isPermitted =
            key.permits(uid: peer.uid, gid: peer.gid)
            || peer.groups.contains { key.permits(uid: peer.uid, gid: $0) }
        guard peer.isKnown || (key.uids == nil && key.gids == nil), isPermitted else {
            throw WireError(.forbidden, "the key \(key.kid) may not be used by uid \(peer.uid)")
        }
        return Principal(verified)
    }
}
