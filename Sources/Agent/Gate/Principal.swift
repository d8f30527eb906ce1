import Journal
import Tokens
import Wire

/// Who asks, and what it may do.
struct Principal: Sendable {
    /// A key's id, or `uid:1000` for a peer without a token.
    var name: String
    var scopes: Set<Scope>
    /// `nil` permits every database.
    var databases: Set<String>?
    /// The token that it came with, once proven; `nil` without one.
    var token: Token?

    /// What makes the token good for one mutation; `nil` without a token.
    var claim: NonceClaim? {
        token.map {
            NonceClaim(kid: name, nonce: $0.nonce, issuedAt: $0.issuedAt, expiresAt: $0.expiresAt)
        }
    }

    func permits(database: String) -> Bool { databases?.contains(database) ?? true }

    /// Allowed is what the socket, the key's scope and the key's databases all permit.
    ///
    /// - Throws: `forbidden`, saying which of them does not.
    func authorize(_ scope: Scope, on database: String?, by door: Door) throws(WireError) {
        guard door == .admin || scope == .read else {
            throw WireError(
                .forbidden, "the query socket serves commands of scope read; use the admin socket and a key")
        }
        guard scopes.contains(scope) else {
            throw WireError(.forbidden, "\(name) lacks the scope '\(scope.rawValue)'")
        }
        guard let database, !permits(database: database) else { return }
        throw WireError(.forbidden, "\(name) may not use the database '\(database)'")
    }
}
