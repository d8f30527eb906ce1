public import Diagnosis

/// Runs pending migrations once, as a job: it continues when the connection is lost.
public enum Migrate: Command {
    public static let name = "migrate"
    public static let scope = Scope.migrate
    public static let isMutation = true
    public static let needsDatabase = true

    public struct Parameters: CommandParameters {
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case to, plan, expectFrom, wait, runDeadlineMs
        }

        /// Targets in Alembic's syntax. Nil means `heads`.
        public var to: [String]?
        /// Run only if this plan is still current.
        public var plan: String?
        /// Run only if the version table has exactly these rows; an empty list means no rows.
        public var expectFrom: [String]?
        /// False: respond as soon as the job is recorded. Nil means true.
        public var wait: Bool?
        /// The limit of the run itself, in milliseconds. Nil means the database's `migrate_deadline`.
        public var runDeadlineMs: Int64?

        public init(
            to: [String]? = nil, plan: String? = nil, expectFrom: [String]? = nil, wait: Bool? = nil,
            runDeadlineMs: Int64? = nil
        ) {
            self.to = to
            self.plan = plan
            self.expectFrom = expectFrom
            self.wait = wait
            self.runDeadlineMs = runDeadlineMs
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            to = try members.strings(.to)
            plan = try members.string(.plan)
            expectFrom = try members.strings(.expectFrom, minimum: 0)
            wait = try members.bool(.wait)
            runDeadlineMs = try members.integer(.runDeadlineMs, in: 1...Limits.longestDeadlineMilliseconds)
        }
    }

    public enum State: String, Codable, CaseIterable, Hashable, Sendable {
        case queued, running, succeeded
    }

    public struct Result: Codable, Hashable, Sendable {
        /// The job's id.
        public var job: String
        public var state: State
        /// The rows before; nil while the job is queued or running.
        @Nullable public var from: [String]?
        /// The rows afterwards; nil while they are not known.
        @Nullable public var to: [String]?
        /// The revisions that this run recorded, in order; empty when nothing was pending.
        public var applied: [String]
        /// Nil while the job has not ended.
        @Nullable public var durationMs: Int64?
        public var findings: [Finding]
        /// What else happened, for example that another session migrated meanwhile; absent otherwise.
        public var note: String?

        public init(
            job: String, state: State, from: [String]?, to: [String]?, applied: [String], durationMs: Int64?,
            findings: [Finding] = [], note: String? = nil
        ) {
            self.job = job
            self.state = state
            self.from = from
            self.to = to
            self.applied = applied
            self.durationMs = durationMs
            self.findings = findings
            self.note = note
        }
    }
}
