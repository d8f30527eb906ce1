public import Revisions

/// The project's revision graph, with the rows of the version table.
public enum Graph: Command {
    public static let name = "graph"
    public static let scope = Scope.read
    public static let isMutation = false
    public static let needsDatabase = true

    public struct Parameters: CommandParameters {
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case cursor
        }

        /// `nextCursor` of the previous page; nil for the first page.
        public var cursor: String?

        public init(cursor: String? = nil) {
            self.cursor = cursor
        }

        public init(_ members: Members<CodingKeys>) throws(WireError) {
            cursor = try members.string(.cursor)
        }
    }

    /// One page. `revisions` and `order` continue on the next page; everything else is on the first page.
    public struct Result: Codable, Hashable, Sendable {
        /// Sorted by id.
        public var revisions: [Revision]
        public var heads: [String]
        public var effectiveHeads: [String]
        public var bases: [String]
        public var branchPoints: [String]
        public var mergePoints: [String]
        /// All ids, each after its ancestors and dependencies.
        public var order: [String]
        public var problems: [GraphProblem]
        /// The rows of the version table; nil while they cannot be read.
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

extension Graph.Result {
    /// The page that starts at `cursor`, with as many revisions as fit into `bytes`.
    ///
    /// - Throws: `badParams` for a cursor that is not from a page of this graph.
    public func page(after cursor: String?, bytes limit: Int = Limits.pageBytes) throws(WireError) -> Graph.Result {
        let start = try cursor.map { text throws(WireError) in try offset(text) } ?? 0
        var page = self
        if start > 0 {
            page.heads = []
            page.effectiveHeads = []
            page.bases = []
            page.branchPoints = []
            page.mergePoints = []
            page.problems = []
            page.rows = []
        }
        page.revisions = []
        page.order = []
        var size = try WireCoding.encode(page).count
        var end = start
        while end < length {
            var step = 0
            if end < revisions.count { step += try WireCoding.encode(revisions[end]).count + 1 }
            if end < order.count { step += order[end].utf8.count * 6 + 3 }
            guard end == start || size + step <= limit else { break }
            size += step
            end += 1
        }
        page.revisions = Array(revisions[min(start, revisions.count)..<min(end, revisions.count)])
        page.order = Array(order[min(start, order.count)..<min(end, order.count)])
        page.nextCursor = end < length ? String(end) : nil
        return page
    }

    /// This page joined with the next one. Clients use it to assemble a graph.
    public func appending(_ next: Graph.Result) -> Graph.Result {
        var whole = self
        whole.revisions += next.revisions
        whole.order += next.order
        whole.nextCursor = next.nextCursor
        return whole
    }

    private var length: Int { max(revisions.count, order.count) }

    private func offset(_ cursor: String) throws(WireError) -> Int {
        guard let offset = Int(cursor), offset > 0, offset < length else {
            throw WireError(.badParams, "'cursor' is not from this graph; start again without it")
        }
        return offset
    }
}
