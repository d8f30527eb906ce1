/// Whether an image that expects these heads may start on this database. The agent responds from memory.
public enum Verify: Command {
    public static let name = "verify"
    public static let scope = Scope.read
    public static let isMutation = false
    public static let needsDatabase = true

    public struct Parameters: CommandParameters {
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case heads, fingerprint
        }

        /// The effective heads of the image; nil means those of the agent's project.
        public var heads: [String]?
        /// The live schema's fingerprint, as `watch` reports it: any DDL that was committed since is drift.
        public var fingerprint: String?

        public init(heads: [String]? = nil, fingerprint: String? = nil) {
            self.heads = heads
            self.fingerprint = fingerprint
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            heads = try members.strings(.heads)
            fingerprint = try members.string(.fingerprint)
        }
    }

    public enum Verdict: String, Codable, CaseIterable, Hashable, Sendable {
        /// The rows are the image's heads.
        case equal
        /// Revisions of the image are not in the database yet.
        case behind
        /// The database is newer, and the policy lets an older image start.
        case aheadCompatible
        case aheadIncompatible
        /// The rows name a revision that neither the image nor the agent's project knows.
        case aheadUnknown
        case corrupt
        /// The rows are right, but the schema is not, or does not have the fingerprint.
        case drifted
        /// The rows are right, but the schema was not compared; or the server responds, but the rows are not known.
        case unverified
        case empty
        case unreachable
    }

    public struct Result: Codable, Hashable, Sendable {
        public var verdict: Verdict
        public var mayStart: Bool
        /// The heads of the request, or those of the agent's project.
        public var heads: [String]
        /// Nil while they could not be read.
        @Nullable public var rows: [String?]?
        /// The age of the facts in milliseconds; nil while there are none.
        @Nullable public var ageMs: Int64?
        /// True while the agent reads the project or the database for the first time: `verdict` is then the newest known
        /// one, or `unreachable` while there is none. Nil otherwise.
        public var reading: Bool?
        /// What the image should know: what its models need and the database lacks although it may start, or why the rows
        /// are not known. Nil where there is nothing.
        public var warning: String?

        public init(
            verdict: Verdict, mayStart: Bool, heads: [String], rows: [String?]?, ageMs: Int64?, reading: Bool = false,
            warning: String? = nil
        ) {
            self.verdict = verdict
            self.mayStart = mayStart
            self.heads = heads
            self.rows = rows
            self.ageMs = ageMs
            self.reading = reading ? true : nil
            self.warning = warning
        }
    }
}
