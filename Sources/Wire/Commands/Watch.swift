/// Follows one job: its events, from `afterSequence` on, come before the answer, which is the job when it has ended.
public enum Watch: Command {
    public static let name = "watch"
    public static let scope = Scope.read
    public static let isMutation = false
    public static let needsDatabase = false

    public struct Parameters: CommandParameters {
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case job, afterSequence
        }

        public var job: String
        /// The last event that the client has seen. Nil means 0: from the first one.
        public var afterSequence: Int64?

        public init(job: String, afterSequence: Int64? = nil) {
            self.job = job
            self.afterSequence = afterSequence
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            job = try members.required(.job, members.string(.job))
            afterSequence = try members.integer(.afterSequence, in: 0...Int64.max)
        }
    }

    public typealias Result = JobEntry
}
