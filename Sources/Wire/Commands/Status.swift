/// The state of the agent: its version, the last known state of its databases, its connections, jobs and keys.
public enum Status: Command {
    public static let name = "status"
    public static let scope = Scope.read
    public static let isMutation = false
    public static let needsDatabase = false

    public typealias Parameters = NoParameters

    public struct Result: Codable, Hashable, Sendable {
        /// The agent's version.
        public var agent: String
        public var audience: String
        public var state: Hello.State
        /// RFC 3339, UTC.
        public var startedAt: String
        public var uptimeMs: Int64
        /// In the order of their names.
        public var databases: [Database]
        /// The number of open connections, including this one.
        public var connections: Int
        /// Nil while the agent's durable state cannot be read.
        @Nullable public var jobs: JobCounts?
        /// The kids of the keys that are loaded.
        public var keys: [String]

        public init(
            agent: String, audience: String, state: Hello.State, startedAt: String, uptimeMs: Int64,
            databases: [Database], connections: Int, jobs: JobCounts?, keys: [String]
        ) {
            self.agent = agent
            self.audience = audience
            self.state = state
            self.startedAt = startedAt
            self.uptimeMs = uptimeMs
            self.databases = databases
            self.connections = connections
            self.jobs = jobs
            self.keys = keys
        }
    }

    public struct Database: Codable, Hashable, Sendable {
        public var name: String
        /// Nil before the first attempt.
        @Nullable public var reachable: Bool?
        /// A ``Diagnosis/Verdict`` of the last diagnosis; nil before the first.
        @Nullable public var verdict: String?
        /// RFC 3339, UTC; nil before the first diagnosis.
        @Nullable public var observedAt: String?
        /// How far a replay of the migrations is; left out while none runs.
        public var replay: Replay?

        public init(
            name: String, reachable: Bool?, verdict: String?, observedAt: String?, replay: Replay? = nil
        ) {
            self.replay = replay
            self.name = name
            self.reachable = reachable
            self.verdict = verdict
            self.observedAt = observedAt
        }
    }

    /// A replay of the migrations in the shadow.
    public struct Replay: Codable, Hashable, Sendable {
        /// The number of the revision that runs, from 1.
        public var revision: Int
        public var total: Int

        public init(revision: Int, total: Int) {
            self.revision = revision
            self.total = total
        }
    }

    public struct JobCounts: Codable, Hashable, Sendable {
        public var queued: Int
        public var running: Int

        public init(queued: Int, running: Int) {
            self.queued = queued
            self.running = running
        }
    }
}
