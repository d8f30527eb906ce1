/// One mutation, as the journal remembers it. All times are Unix milliseconds by the caller's clock.
public struct Job: Hashable, Sendable {
    /// Where a job stands. `queued` and `running` are unfinished; the others are settled.
    public enum State: String, Codable, Hashable, Sendable, CaseIterable {
        case queued, running, succeeded, failed, cancelled
        /// The outcome could not be established; a later look at the database may still settle it.
        case unknown

        /// False while the job may still change something.
        public var isSettled: Bool { self != .queued && self != .running }
    }

    /// 26 characters, lowercase letters and digits; ids sort in the order of admission.
    public var id: String
    /// The wire's name of the command.
    public var command: String
    /// The configured name of the database.
    public var database: String
    /// Who asked: a key id, or `uid:` and a number.
    public var principal: String
    /// Where the job stands.
    public var state: State
    /// When it was admitted.
    public var createdAt: Int64
    /// When it began to run; nil while queued.
    public var startedAt: Int64?
    /// When it was settled; nil before.
    public var endedAt: Int64?
    /// The request's parameters, JSON text.
    public var params: String
    /// When it stops being worth starting.
    public var deadline: Int64
    /// Why it was asked for, in the caller's words.
    public var reason: String?
    /// The caller's name for this piece of work.
    public var idempotencyKey: String?
    /// 1, and one more for each new attempt under the same idempotency key.
    public var attempt: Int
    /// What the run knew when it started (rows before, target, planned revisions), JSON text: enough for a restart to
    /// settle the truth.
    public var context: String?
    /// The result, JSON text.
    public var result: String?
    /// The error, JSON text.
    public var error: String?
    /// Whether the error invites another attempt under the same idempotency key.
    public var isRetryable: Bool
}

/// A mutation that asks to be admitted.
public struct JobRequest: Hashable, Sendable {
    /// The wire's name of the command.
    public var command: String
    /// The configured name of the database.
    public var database: String
    /// Who asks: a key id, or `uid:` and a number.
    public var principal: String
    /// The parameters, JSON text.
    public var params: String
    /// Equal exactly when two requests mean the same; compared under an idempotency key, together with the database.
    public var fingerprint: String
    /// Unix milliseconds after which a queued job is not started any more.
    public var deadline: Int64
    /// Why, in the caller's words.
    public var reason: String?
    /// The caller's name for this piece of work; nil makes a new job each time.
    public var idempotencyKey: String?

    /// A request; without a fingerprint the text of the parameters stands for their meaning.
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

    /// The claim of one token.
    public init(kid: String, nonce: String, issuedAt: Int64, expiresAt: Int64) {
        self.kid = kid
        self.nonce = nonce
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}

/// The answer to a request for admission.
public enum Admission: Hashable, Sendable {
    /// A new job, durably recorded as queued.
    case admitted(Job)
    /// The job that the idempotency key already stands for; nothing new will run.
    case existing(Job)
    /// The idempotency key stands for a job with other parameters.
    case idempotencyMismatch(job: String)
    /// The token was used before.
    case replayed
    /// The token was minted before this nonce store was made, so it cannot tell whether it was used before.
    case mintedBeforeStore
    /// The nonce store is full of live nonces.
    case busy
}

/// One page of jobs, newest first.
public struct JobPage: Hashable, Sendable {
    /// The jobs of this page.
    public var jobs: [Job]
    /// Hand it back to get the next page; nil on the last one.
    public var nextCursor: String?
}

/// A repair of a version table, kept so that it can be undone. Times are Unix milliseconds.
public struct Repair: Hashable, Sendable {
    /// The repair's id, chosen by the caller (the id of its job is a good one).
    public var id: String
    /// The configured name of the database.
    public var database: String
    /// The rows before, JSON text.
    public var before: String
    /// The rows after, JSON text.
    public var after: String
    /// When it was applied.
    public var appliedAt: Int64
    /// When it was undone; nil while it stands.
    public var undoneAt: Int64?

    /// The record of a repair that has been applied.
    public init(id: String, database: String, before: String, after: String, appliedAt: Int64) {
        self.id = id
        self.database = database
        self.before = before
        self.after = after
        self.appliedAt = appliedAt
        undoneAt = nil
    }
}
