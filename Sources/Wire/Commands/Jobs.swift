/// Lists jobs, newest first.
public enum Jobs: Command {
    public static let name = "jobs"
    public static let scope = Scope.read
    public static let isMutation = false
    public static let needsDatabase = false

    public struct Parameters: CommandParameters {
        public static let defaultLimit: Int64 = 50

        public enum CodingKeys: String, CodingKey, CaseIterable {
            case id, state, limit, cursor
        }

        /// Only this job; the list is empty when it does not exist.
        public var id: String?
        public var state: JobState?
        /// 1 to 1000. Nil means ``defaultLimit``.
        public var limit: Int64?
        /// `nextCursor` of the previous page; nil for the first page.
        public var cursor: String?

        public init(id: String? = nil, state: JobState? = nil, limit: Int64? = nil, cursor: String? = nil) {
            self.id = id
            self.state = state
            self.limit = limit
            self.cursor = cursor
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            id = try members.string(.id)
            let states = JobState.allCases.map(\.rawValue)
            state = try members.string(.state, "one of \(states.joined(separator: ", "))") { states.contains($0) }
                .flatMap { JobState(rawValue: $0) }
            limit = try members.integer(.limit, in: 1...1000)
            cursor = try members.string(.cursor)
        }
    }

    public struct Result: Codable, Hashable, Sendable {
        public var jobs: [JobEntry]
        @Nullable public var nextCursor: String?

        public init(jobs: [JobEntry], nextCursor: String?) {
            self.jobs = jobs
            self.nextCursor = nextCursor
        }
    }
}
