/// The state of a job.
public enum JobState: String, Codable, CaseIterable, Hashable, Sendable {
    case queued, running, succeeded, failed, cancelled
    /// The agent ended during the run, and the outcome is not known yet.
    case unknown

    /// Whether the state does not change any more. An `unknown` one is decided later, without a new run.
    public var isFinal: Bool { self != .queued && self != .running }
}

/// A mutation in the journal: an entry of `jobs`, the result of `watch`, and the content of the bridge's job pages.
public struct JobEntry: Codable, Hashable, Sendable {
    public var id: String
    public var command: String
    @Nullable public var database: String?
    public var state: JobState
    /// RFC 3339, UTC, like `startedAt` and `endedAt`.
    public var createdAt: String
    @Nullable public var startedAt: String?
    @Nullable public var endedAt: String?
    /// The command's result; nil unless it succeeded.
    @Nullable public var result: JSON?
    /// Nil unless it failed or was cancelled. Only the job's owner and scope `admin` get its details.
    @Nullable public var error: WireError?
    /// The kid of the request; only the job's owner and scope `admin` get it.
    public var principal: String?

    public init(
        id: String, command: String, database: String?, state: JobState, createdAt: String, startedAt: String? = nil,
        endedAt: String? = nil, result: JSON? = nil, error: WireError? = nil, principal: String? = nil
    ) {
        self.id = id
        self.command = command
        self.database = database
        self.state = state
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.result = result
        self.error = error
        self.principal = principal
    }
}
