import Tokens
import Wire

/// Says who a frame comes from, before anything in its body is parsed.
struct Gate: Sendable {
    private let ring: KeyRing
    private let audience: String

    init(ring: KeyRing, audience: String) {
        self.ring = ring
        self.audience = audience
    }

    var keyIDs: [String] { ring.kids }

    /// The principal behind a request.
    ///
    /// The admin socket asks for a token always. The query socket takes the peer's credentials, as long as the kernel
    /// knows them; a token that comes all the same must hold.
    ///
    /// - Throws: `unauthenticated`, `tokenExpired`, or `forbidden` for a peer that the key does not permit.
    func admit(
        _ frame: Frame, peer: Peer, door: Door, now: Int64 = WallClock.seconds
    ) throws(WireError) -> Principal {
        if door == .query, frame.token.isEmpty {
            guard peer.isKnown else {
                throw WireError(.unauthenticated, "the kernel does not say who the peer is; use a token")
            }
            return Principal(reader: peer)
        }
        let verified: VerifiedToken
        do {
            verified = try ring.verify(frame.token, body: frame.body, audience: audience, now: now)
        } catch {
            throw Self.refusal(error, now: now)
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

    private static func refusal(_ refusal: TokenRefusal, now: Int64) -> WireError {
        switch refusal {
        case .unauthenticated:
            WireError(.unauthenticated, "the token does not hold: check the key file, the audience and the clock")
        case .tokenExpired:
            WireError(
                .tokenExpired, "the token has expired; mint a new one for each request",
                details: .object(JSON.Object([.init("time", .integer(now))])))
        }
    }
}
