/// The verdict on one database, and everything it rests on. Answers also when the database is unreachable.
public enum Diagnose: Command {
    public static let name = "diagnose"
    public static let scope = Scope.read
    public static let isMutation = false
    public static let needsDatabase = true

    public struct Parameters: CommandParameters {
        public static let defaultMaximumAge: Int64 = 1000

        public enum CodingKeys: String, CodingKey, CaseIterable {
            case maxAgeMs
        }

        /// How old, in milliseconds, an answer from memory may be; 0 asks the database now. Nil means
        /// ``defaultMaximumAge``.
        public var maxAgeMs: Int64?

        public init(maxAgeMs: Int64? = nil) {
            self.maxAgeMs = maxAgeMs
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            maxAgeMs = try members.integer(.maxAgeMs, in: 0...86_400_000)
        }
    }
}
