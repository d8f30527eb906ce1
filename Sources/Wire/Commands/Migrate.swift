public import Diagnosis

/// Runs pending migrations once. A job: a lost connection does not stop it.
public enum Migrate: Command {
    public static let name = "migrate"
    public static let scope = Scope.migrate
    public static let isMutation = true
    public static let needsDatabase = true

    public struct Parameters: CommandParameters {
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case to, plan, expectFrom, wait, runDeadlineMs
        }

        /// Targets as Alembic takes them. Nil means `heads`.
        public var to: [String]?
        /// Run only while this plan still holds.
        public var plan: String?
        /// Run only from exactly these rows; an empty list means a database without any.
        public var expectFrom: [String]?
        /// False: answer as soon as the job is recorded. Nil means true.
        public var wait: Bool?
        /// Bounds the run itself, in milliseconds. Nil means the database's `migrate_deadline`.
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
        /// Nil when there was nothing to do and no job was needed.
        @Nullable public var job: String?
        public var state: State
        /// The rows before; nil while the job waits.
        @Nullable public var from: [String]?
        /// The rows afterwards; nil while they are not known.
        @Nullable public var to: [String]?
        /// What was recorded, in order; empty when there was nothing to do.
        public var applied: [String]
        /// Nil while it has not ended.
        @Nullable public var durationMs: Int64?
        public var findings: [Finding]

        public init(
            job: String?, state: State, from: [String]?, to: [String]?, applied: [String], durationMs: Int64?,
            findings: [Finding] = []
        ) {
            self.job = job
            self.state = state
            self.from = from
            self.to = to
            self.applied = applied
            self.durationMs = durationMs
            self.findings = findings
        }
    }
}
