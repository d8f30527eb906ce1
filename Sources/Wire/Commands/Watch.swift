public import Diagnosis

/// Follows one job: its events after `afterSequence` precede the response, which is the job when it has ended. Without a
/// job, follows a database: each change of verdict, rows or schema is an event, and the response is the state at the
/// request's deadline.
public enum Watch: Command {
    public static let name = "watch"
    public static let scope = Scope.read
    public static let isMutation = false
    public static let needsDatabase = false

    public struct Parameters: CommandParameters {
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case job, afterSequence
        }

        /// Nil to follow the request's database.
        public var job: String?
        /// The number of the last event that the client has. Nil means 0: all events.
        public var afterSequence: Int64?

        public init(job: String? = nil, afterSequence: Int64? = nil) {
            self.job = job
            self.afterSequence = afterSequence
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            job = try members.string(.job)
            afterSequence = try members.integer(.afterSequence, in: 0...Int64.max)
            guard job != nil || afterSequence == nil else {
                throw WireError(.badParams, "'afterSequence' needs 'job'")
            }
        }
    }

    /// The final state of the job or database.
    public enum Result: Codable, Hashable, Sendable {
        case job(JobEntry)
        case state(DatabaseState)

        private enum CodingKeys: CodingKey {
            case verdict
        }

        public init(from decoder: any Decoder) throws {
            let isState = try decoder.container(keyedBy: CodingKeys.self).contains(.verdict)
            self = isState ? .state(try DatabaseState(from: decoder)) : .job(try JobEntry(from: decoder))
        }

        public func encode(to encoder: any Encoder) throws {
            switch self {
            case .job(let job): try job.encode(to: encoder)
            case .state(let state): try state.encode(to: encoder)
            }
        }
    }

    /// The state of a database; each change of it is an event.
    public struct DatabaseState: Codable, Hashable, Sendable {
        public var database: String
        public var verdict: Verdict
        public var healthy: Bool
        /// Null for a NULL; nil while they could not be read.
        @Nullable public var rows: [String?]?
        /// The fingerprint of the live schema, which changes with every committed DDL. Nil while it could not be read.
        @Nullable public var fingerprint: String?
        /// The time at which the facts were read: RFC 3339, UTC.
        public var observedAt: String

        public init(
            database: String, verdict: Verdict, healthy: Bool, rows: [String?]?, fingerprint: String?,
            observedAt: String
        ) {
            self.database = database
            self.verdict = verdict
            self.healthy = healthy
            self.rows = rows
            self.fingerprint = fingerprint
            self.observedAt = observedAt
        }

        /// Whether only the time differs.
        public func isSame(as other: DatabaseState) -> Bool {
            var other = other
            other.observedAt = observedAt
            return self == other
        }
    }
}
