import Journal
import Tokens
import Wire

/// The authenticated sender of a request, and what it may do.
struct Principal: Sendable {
    /// A key's id, or `uid:1000` for a peer without a token.
    let name: String
    /// The verified key and token; nil for a peer identified by the kernel, which may read.
    private let verified: VerifiedToken?

    init(_ verified: VerifiedToken) {
        name = verified.key.kid
        self.verified = verified
    }

    init(reader: Peer) {
        name = "uid:\(reader.uid)"
        verified = nil
    }

    /// The nonce that makes the token valid for one mutation; nil without a token.
    var claim: NonceClaim? {
        verified.map {
            NonceClaim(
                kid: name, nonce: $0.token.nonce, issuedAt: $0.token.issuedAt, expiresAt: $0.token.expiresAt)
        }
    }

    func permits(_ scope: Scope) -> Bool { verified?.key.permits(scope: scope.rawValue) ?? (scope == .read) }

    /// Whether it may run an env.py that has just failed again. One who may only read could otherwise keep the host busy
    /// with starting Python.
    var mayRetry: Bool { Scope.allCases.contains { $0 != .read && permits($0) } }

    func permits(database: String) -> Bool { verified?.key.permits(database: database) ?? true }

    /// Checks socket, scope and database; all three must permit the command.
    ///
    /// - Throws: `forbidden`, naming what does not permit it.
    func authorize(_ scope: Scope, database: String?, socket: SocketRole) throws(WireError) {
        guard socket == .admin || scope == .read else {
            throw WireError(
                .forbidden, "the query socket serves commands of scope read; use the admin socket and a key")
        }
        guard permits(scope) else { throw WireError(.forbidden, "\(name) lacks the scope '\(scope.rawValue)'") }
        guard let database, !permits(database: database) else { return }
        throw WireError(.forbidden, "\(name) may not use the database '\(database)'")
    }
}
