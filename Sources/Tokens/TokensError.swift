/// Why a token is refused. A client cannot distinguish an unknown kid, a wrong MAC and a revoked key.
public enum TokensError: Error, Hashable, Sendable {
    case unauthenticated
    /// The MAC is right, but the token has expired; the response has the agent's time.
    case tokenExpired

    /// How far a client's clock may be ahead of the agent's, in seconds.
    public static let futureSkewSeconds: Int64 = 5
}
