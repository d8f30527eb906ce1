/// Plans, applies or undoes a repair of the version table.
public enum FixVersion: Command {
    public static let name = "fixVersion"
    public static let scope = Scope.repair
    public static let isMutation = true
    public static let needsDatabase = true

    /// A plan is not a job and consumes no nonce.
    public static func mutates(_ parameters: Parameters) -> Bool { parameters.apply || parameters.undo != nil }

    public struct Parameters: CommandParameters {
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case apply, to, plan, undo
        }

        /// Whether to change the database; if false, the result is a plan.
        public var apply: Bool
        /// The rows that the table must have, where they cannot be inferred; `base` alone stands for no rows.
        public var to: [String]?
        /// Apply only if this plan is still current.
        public var plan: String?
        /// The id of a repair to undo.
        public var undo: String?

        public init(apply: Bool = false, to: [String]? = nil, plan: String? = nil, undo: String? = nil) {
            self.apply = apply
            self.to = to
            self.plan = plan
            self.undo = undo
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            apply = try members.bool(.apply) ?? false
            to = try members.strings(.to)
            plan = try members.string(.plan)
            undo = try members.string(.undo)
            guard undo == nil || (!apply && to == nil && plan == nil) else {
                throw WireError(.badParams, "'undo' cannot be combined with 'apply', 'to' or 'plan'")
            }
        }
    }

    public enum State: String, Codable, CaseIterable, Hashable, Sendable {
        case planned, applied, nothingToDo, ambiguous, refused, undone
    }

    public struct Result: Codable, Hashable, Sendable {
        public var state: State
        /// The id of this plan, for `apply` with `plan`; nil when there is nothing to apply.
        @Nullable public var plan: String?
        /// The id of the repair, for `undo`; nil unless `applied` or `undone`.
        @Nullable public var repair: String?
        /// The rows before, null for a NULL; nil when the table is missing.
        @Nullable public var before: [String?]?
        /// The rows afterwards; nil when they are not known.
        @Nullable public var after: [String?]?
        public var changes: [Change]
        public var candidates: [Candidate]
        /// The statements, as they would run or have run.
        public var sql: [String]
        /// Why the repair was refused or is ambiguous, and what to do, or what is not known about the chosen rows; nil
        /// otherwise.
        @Nullable public var reason: String?

        public init(
            state: State, plan: String? = nil, repair: String? = nil, before: [String?]?, after: [String?]?,
            changes: [Change] = [], candidates: [Candidate] = [], sql: [String] = [], reason: String? = nil
        ) {
            self.state = state
            self.plan = plan
            self.repair = repair
            self.before = before
            self.after = after
            self.changes = changes
            self.candidates = candidates
            self.sql = sql
            self.reason = reason
        }
    }

    /// A change of one row.
    public struct Change: Codable, Hashable, Sendable {
        /// The row before; nil for a NULL and for an insert.
        @Nullable public var row: String?
        /// `delete`, `update` or `insert`.
        public var action: String
        public var reason: String
        /// The row afterwards; nil for a delete.
        @Nullable public var to: String?

        public init(row: String?, action: String, reason: String, to: String?) {
            self.row = row
            self.action = action
            self.reason = reason
            self.to = to
        }
    }

    /// A set of rows that was chosen or proposed, held against the live catalog.
    public struct Candidate: Codable, Hashable, Sendable {
        public var rows: [String]
        /// The number of tables and views that match this candidate.
        public var matching: Int
        /// What contradicts it, a clause each.
        public var contradicting: [String]
        public var undecidable: [String]

        public init(rows: [String], matching: Int, contradicting: [String], undecidable: [String]) {
            self.rows = rows
            self.matching = matching
            self.contradicting = contradicting
            self.undecidable = undecidable
        }
    }
}
