public enum JobState: String, Codable, CaseIterable, Hashable, Sendable {
    case queued, running, succeeded, failed, cancelled
    /// The agent ended while it ran, and what it did cannot be told yet.
    case unknown

    /// Whether it will not change any more.
    public var isFinal: Bool { self != .queued && self != .running }
}

/// A mutation as the journal has it: an entry of `jobs`, the result of `watch`, and what the bridge shows.
public struct JobEntry: Codable, Hashable, Sendable {
    public var id: String
    public var command: String
    @Nullable public var database: String?
    public var state: JobState
    /// RFC 3339, UTC, like the two below.
    public var createdAt: String
    @Nullable public var startedAt: String?
    @Nullable public var endedAt: String?
    /// The command's result; nil unless it succeeded.
    @Nullable public var result: JSON?
    /// Nil unless it failed or was cancelled. Its details are there only for the job's owner and for scope `admin`.
    @Nullable public var error: WireError?
    /// The kid that asked for it; left out for others than its owner and scope `admin`.
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
