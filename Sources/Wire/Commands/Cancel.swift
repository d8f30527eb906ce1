/// Ends a job early: before its next statement, or at once with `now`. The response is the job when it has ended.
public enum Cancel: Command {
    public static let name = "cancel"
    public static let scope = Scope.migrate
    public static let isMutation = false
    public static let needsDatabase = false

    public struct Parameters: CommandParameters {
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case job, now
        }

        public var job: String
        /// Whether the statement that is running is cancelled too. Nil means false.
        public var now: Bool?

        public init(job: String, now: Bool? = nil) {
            self.job = job
            self.now = now
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            guard let job = try members.string(.job) else { throw WireError(.badParams, "'job' is missing") }
            self.job = job
            now = try members.bool(.now)
        }
    }

    public typealias Result = JobEntry
}
