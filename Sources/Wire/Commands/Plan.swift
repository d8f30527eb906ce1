public import Diagnosis

/// The revisions that `migrate` would run on this database now.
public enum Plan: Command {
    public static let name = "plan"
    public static let scope = Scope.plan
    public static let isMutation = false
    public static let needsDatabase = true

    public struct Parameters: CommandParameters {
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case to
        }

        /// Targets in Alembic's syntax: ids, partial ids, labels, `heads`. Nil means `heads`.
        public var to: [String]?

        public init(to: [String]? = nil) {
            self.to = to
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            to = try members.strings(.to)
        }
    }

    public struct Result: Codable, Hashable, Sendable {
        /// The id of this plan: `migrate` with it refuses to run when the basis of the plan has changed.
        public var plan: String
        /// The rows now.
        public var from: [String]
        /// The rows afterwards.
        public var to: [String]
        /// The revisions that would run, oldest first.
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
