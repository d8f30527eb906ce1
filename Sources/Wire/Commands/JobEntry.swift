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

    /// What the job has done until now, in order; only in the result of `jobs` with `id`.
    public var steps: [Step]?

    /// One step of a job.
    public struct Step: Codable, Hashable, Sendable {
        /// The name of a step.
        public enum Name: String, Codable, CaseIterable, Hashable, Sendable {
            case admitted, started, connected, revisionStarted, autocommit, committing, committed, concluded
        }

        /// RFC 3339, UTC.
        public var at: String
        public var step: Name
        @Nullable public var revision: String?
        /// The id of the transaction, as `pg_current_xact_id()` returns it.
        @Nullable public var xid: String?
        /// SHA-256 in hexadecimal of the revision's script.
        @Nullable public var scriptHash: String?

        public init(
            at time: String, step: Name, revision: String? = nil, xid: String? = nil, scriptHash: String? = nil
        ) {
            at = time
            self.step = step
            self.revision = revision
            self.xid = xid
            self.scriptHash = scriptHash
        }
    }

    public init(
        id: String, command: String, database: String?, state: JobState, createdAt: String, startedAt: String? = nil,
        endedAt: String? = nil, result: JSON? = nil, error: WireError? = nil, principal: String? = nil,
        steps: [Step]? = nil
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
        self.steps = steps
    }
}
