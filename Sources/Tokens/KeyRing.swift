import Digests

/// The keys that an agent accepts.
public struct KeyRing: Sendable {
    /// In the order of the file.
    public let records: [KeyRecord]

    private let byKeyID: [String: KeyRecord]
    /// Used instead of an unknown key, so that a refusal takes as long as an acceptance.
    private let dummy: HMACKey

    package init(records: [KeyRecord], dummy: HMACKey) {
        self.records = records
        self.dummy = dummy
        byKeyID = Dictionary(uniqueKeysWithValues: records.map { ($0.kid, $0) })
    }

    /// The kids, sorted.
    public var kids: [String] { records.map(\.kid).sorted() }

    /// Checks a token in the order of the protocol: grammar, key, body hash and MAC in constant time, time window.
    /// Scopes, databases and peers are checked by the gate.
    ///
    /// - Parameters:
    ///   - body: the request's body, byte for byte.
    ///   - now: Unix seconds.
    /// - Throws: `unauthenticated` for every reason alike; `tokenExpired` only when the MAC is right.
    public func verify(
        _ token: [UInt8], body: [UInt8], audience: String, now: Int64
    ) throws(TokensError) -> VerifiedToken {
        guard let token = Token(parsing: token) else { throw .unauthenticated }
        let record = byKeyID[token.kid]
        let message = token.signedText(audience: audience, body: body)
        let holds = (record?.hmac ?? dummy).code(of: message).isSame(as: token.code)
        guard let record, holds, record.isValid(at: now), token.issuedAt <= now + TokensError.futureSkewSeconds else {
            throw .unauthenticated
        }
        guard now <= token.expiresAt else { throw .tokenExpired }
        return VerifiedToken(key: record, token: token)
    }
}

/// A token whose MAC is right and which has not expired.
public struct VerifiedToken: Sendable {
    public let key: KeyRecord
    public let token: Token
}
