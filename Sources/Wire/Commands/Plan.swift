public import Diagnosis

/// What `migrate` would run on this database now.
public enum Plan: Command {
    public static let name = "plan"
    public static let scope = Scope.plan
    public static let isMutation = false
    public static let needsDatabase = true

    public struct Parameters: CommandParameters {
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case to
        }

        /// Targets as Alembic takes them: ids, partial ids, labels, `heads`. Nil means `heads`.
        public var to: [String]?

        public init(to: [String]? = nil) {
            self.to = to
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            to = try members.strings(.to)
        }
    }

    public struct Result: Codable, Hashable, Sendable {
        /// Names this plan: `migrate` with it refuses to run when anything it rests on has changed.
        public var plan: String
        /// The rows now.
        public var from: [String]
        /// The rows afterwards.
        public var to: [String]
        /// What would run, oldest first.
        public var revisions: [Step]
        public var findings: [Finding]

        public init(plan: String, from: [String], to: [String], revisions: [Step], findings: [Finding]) {
            self.plan = plan
            self.from = from
            self.to = to
            self.revisions = revisions
            self.findings = findings
        }
    }

    public struct Step: Codable, Hashable, Sendable {
        public var id: String
        /// The first line of the script's docstring.
        public var doc: String
        /// Relative to the project's folder.
        public var file: String
        public var down: [String]

        public init(id: String, doc: String, file: String, down: [String]) {
            self.id = id
            self.doc = doc
            self.file = file
            self.down = down
        }
    }
}
