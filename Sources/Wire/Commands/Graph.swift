public import Revisions

/// The project's revision graph, with the database's rows.
public enum Graph: Command {
    public static let name = "graph"
    public static let scope = Scope.read
    public static let isMutation = false
    public static let needsDatabase = true

    public struct Parameters: CommandParameters {
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case cursor
        }

        /// `nextCursor` of the page before; nil for the first.
        public var cursor: String?

        public init(cursor: String? = nil) {
            self.cursor = cursor
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            cursor = try members.string(.cursor)
        }
    }

    /// One page. `revisions` and `order` continue on the next page; everything else is on the first page, whole.
    public struct Result: Codable, Hashable, Sendable {
        /// Sorted by id.
        public var revisions: [Revision]
        public var heads: [String]
        public var effectiveHeads: [String]
        public var bases: [String]
        public var branchPoints: [String]
        public var mergePoints: [String]
        /// Ids, each after what it stands on.
        public var order: [String]
        public var problems: [GraphProblem]
        /// The database's rows; nil while they cannot be read.
        @Nullable public var rows: [String?]?
        @Nullable public var nextCursor: String?

        public init(
            revisions: [Revision], heads: [String], effectiveHeads: [String], bases: [String], branchPoints: [String],
            mergePoints: [String], order: [String], problems: [GraphProblem], rows: [String?]?,
            nextCursor: String? = nil
        ) {
            self.revisions = revisions
            self.heads = heads
            self.effectiveHeads = effectiveHeads
            self.bases = bases
            self.branchPoints = branchPoints
            self.mergePoints = mergePoints
            self.order = order
            self.problems = problems
            self.rows = rows
            self.nextCursor = nextCursor
        }

        public init(_ graph: RevisionGraph, rows: [String?]?) {
            self.init(
                revisions: graph.revisions, heads: graph.heads, effectiveHeads: graph.effectiveHeads,
                bases: graph.bases, branchPoints: graph.branchPoints, mergePoints: graph.mergePoints,
                order: graph.order, problems: graph.problems, rows: rows)
        }
    }
}
