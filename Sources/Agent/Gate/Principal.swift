import Journal
import Tokens
import Wire

/// Who asks, and what it may do.
struct Principal: Sendable {
    /// A key's id, or `uid:1000` for a peer without a token.
    let name: String
    /// The key and the token that were proven; `nil` for a peer that the kernel vouches for, which may read.
    private let proven: VerifiedToken?

    init(_ verified: VerifiedToken) {
        name = verified.key.kid
        proven = verified
    }

    init(reader: Peer) {
        name = "uid:\(reader.uid)"
        proven = nil
    }

    /// What makes the token good for one mutation; `nil` without a token.
    var claim: NonceClaim? {
        proven.map {
            NonceClaim(
                kid: name, nonce: $0.token.nonce, issuedAt: $0.token.issuedAt, expiresAt: $0.token.expiresAt)
        }
    }

    func permits(_ scope: Scope) -> Bool { proven?.key.permits(scope: scope.rawValue) ?? (scope == .read) }

    func permits(database: String) -> Bool { proven?.key.permits(database: database) ?? true }

    /// Allowed is what the socket, the key's scope and the key's databases all permit.
    ///
    /// - Throws: `forbidden`, saying which of them does not.
    func authorize(_ scope: Scope, on database: String?, by door: Door) throws(WireError) {
        guard door == .admin || scope == .read else {
            throw WireError(
                .forbidden, "the query socket serves commands of scope read; use the admin socket and a key")
        }
        guard permits(scope) else { throw WireError(.forbidden, "\(name) lacks the scope '\(scope.rawValue)'") }
        guard let database, !permits(database: database) else { return }
        throw WireError(.forbidden, "\(name) may not use the database '\(database)'")
    }
}
