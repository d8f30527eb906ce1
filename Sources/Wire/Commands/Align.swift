/// Plans or adds the columns that the migrations at the live rows have and the database lacks. It never drops anything,
/// adds NOT NULL or changes a type.
public enum Align: Command {
    public static let name = "align"
    public static let scope = Scope.repair
    public static let isMutation = true
    public static let needsDatabase = true

    /// A plan is not a job and consumes no nonce.
    public static func mutates(_ parameters: Parameters) -> Bool { parameters.apply }

    public struct Parameters: CommandParameters {
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case apply, plan
        }

        /// Whether to change the database; if false, the result is a plan.
        public var apply: Bool
        /// Apply only if this plan is still current.
        public var plan: String?

        public init(apply: Bool = false, plan: String? = nil) {
            self.apply = apply
            self.plan = plan
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            apply = try members.bool(.apply) ?? false
            plan = try members.string(.plan)
        }
    }

    public enum State: String, Codable, CaseIterable, Hashable, Sendable {
        case planned, applied, nothingToDo
    }

    public struct Result: Codable, Hashable, Sendable {
        public var state: State
        /// The id of this plan, for `apply` with `plan`; nil when there is nothing to apply.
        @Nullable public var plan: String?
        /// The columns to add, or that were added.
        public var columns: [Column]
        /// The statements, as they would run or have run.
        public var sql: [String]
        /// Missing objects that `align` does not add, and what to do instead.
        public var advice: [Advice]

        public init(
            state: State, plan: String? = nil, columns: [Column] = [], sql: [String] = [], advice: [Advice] = []
        ) {
            self.state = state
            self.plan = plan
            self.columns = columns
            self.sql = sql
            self.advice = advice
        }
    }

    /// A column, with names that are not quoted.
    public struct Column: Codable, Hashable, Sendable {
        public var schema: String
        public var table: String
        public var column: String
        /// The type in the migrations.
        public var type: String

        public init(schema: String, table: String, column: String, type: String) {
            self.schema = schema
            self.table = table
            self.column = column
            self.type = type
        }
    }

    /// A missing object that `align` does not add.
    public struct Advice: Codable, Hashable, Sendable {
        /// Quoted for SQL where needed.
        public var object: String
        public var reason: String

        public init(object: String, reason: String) {
            self.object = object
            self.reason = reason
        }
    }
}
