/// A mutation to be admitted as a job.
public struct JobRequest: Hashable, Sendable {
    /// The name of the command on the wire.
    public var command: String
    /// The configured name of the database.
    public var database: String
    /// Who requests it: a key id, or `uid:` and a number.
    public var principal: String
    /// The parameters, JSON text.
    public var params: String
    /// Equal exactly for requests with the same meaning. Compared, together with the database, under an idempotency key.
    public var fingerprint: String
    /// Unix milliseconds; after this time a queued job is not started any more.
    public var deadline: Int64
    /// The caller's reason for the request.
    public var reason: String?
    /// The caller's key for this piece of work; without one, each request becomes a new job.
    public var idempotencyKey: String?

    /// - Parameter fingerprint: nil means the text of the parameters.
    public init(
        command: String, database: String, principal: String, params: String, fingerprint: String? = nil,
        deadline: Int64, reason: String? = nil, idempotencyKey: String? = nil
    ) {
        self.command = command
        self.database = database
        self.principal = principal
        self.params = params
        self.fingerprint = fingerprint ?? params
        self.deadline = deadline
        self.reason = reason
        self.idempotencyKey = idempotencyKey
    }
}

/// The part of a verified token that makes it usable once.
public struct NonceClaim: Hashable, Sendable {
    /// The key's id.
    public var kid: String
    /// The token's nonce.
    public var nonce: String
    /// When the token was minted, Unix seconds.
    public var issuedAt: Int64
    /// The last second in which the token is valid (`iat + ttl`), Unix seconds.
    public var expiresAt: Int64

    public init(kid: String, nonce: String, issuedAt: Int64, expiresAt: Int64) {
        self.kid = kid
        self.nonce = nonce
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}

/// The decision about a request for a job.
public enum Admission: Hashable, Sendable {
    /// A new job, durably recorded as queued.
    case admitted(Job)
    /// The idempotency key already belongs to this job; nothing new will run.
    case existing(Job)
    /// The idempotency key belongs to a job with other parameters.
    case idempotencyMismatch(job: String)
    /// The token was used before.
    case replayed
    /// The token was minted before this nonce store was created, so the store does not know whether it was used.
    case mintedBeforeStore
    /// The token expires at a time for which used tokens were deleted from the store already, so it may be one of them.
    /// Only possible after the clock was set back.
    case expiryDeleted
    /// As many jobs of the database are queued as may be.
    case queueFull
    /// The nonce store is full of nonces that are still valid.
    case busy
}
