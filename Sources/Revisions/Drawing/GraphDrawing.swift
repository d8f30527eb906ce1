/// A graph as lines of text for a terminal: newest at the top, branches as lanes, a revision a line.
///
/// The texts are as the scripts have them: who prints them makes them fit for a terminal.
public struct GraphDrawing: Sendable {
    /// What to draw.
    public struct Options: Hashable, Sendable {
        /// The database's rows; nil without a database. Rows that are no ids of the graph are not drawn.
        public var rows: [String]?
        /// The revisions to draw with their neighbours; empty for the whole graph.
        public var around: [String]
        /// At most this many revisions: the nearest to `around`, or else to the heads and rows.
        public var limit: Int?
        /// How many lanes may lie side by side; each takes two columns.
        public var laneLimit: Int

        /// How many revisions are drawn around one when nothing is said.
        public static let neighbourhood = 21

        /// - Parameter limit: `neighbourhood` when it is nil and `around` is not empty.
        public init(rows: [String]? = nil, around: [String] = [], limit: Int? = nil, laneLimit: Int = 24) {
            self.rows = rows
            self.around = around
            self.limit = limit ?? (around.isEmpty ? nil : Self.neighbourhood)
            self.laneLimit = laneLimit
        }
    }

    /// A part of a line, with what it is.
    public struct Segment: Hashable, Sendable {
        /// The text, raw.
        public var text: String
        /// What it is, for its colour.
        public var role: Role
    }

    /// What a part of a line is.
    public enum Role: Hashable, Sendable {
        /// A line's piece, in the lane with this number.
        case lane(Int)
        /// A revision of a drawing without a database.
        case revision
        /// A revision that is a row of the version table.
        case row
        /// A revision that the rows stand on.
        case applied
        /// A revision that the rows do not stand on.
        case pending
        /// An id, and that of a head.
        case id, head
        /// What an id is: a head, a row.
        case mark
        /// A branch label of the revision itself.
        case label
        /// What is wrong with the revision.
        case fault
        /// The script's own description.
        case doc
        /// What is not the graph itself: revisions that are left out, the legend.
        case note
    }

    /// One line.
    public struct Line: Hashable, Sendable {
        /// From left to right; spaces are among them.
        public var segments: [Segment]
    }

    /// From top to bottom: the revisions, then, where they are needed, how many are left out and what the signs mean.
    public let lines: [Line]
    /// How many revisions are drawn.
    public let shown: Int
    /// How many the graph has.
    public let total: Int

    /// Draws any graph; what is wrong with it is drawn as far as there is a way to.
    public init(_ graph: RevisionGraph, _ options: Options = Options()) {
        let drawn = graph.drawn(options)
        let layout = LaneLayout(drawn, laneLimit: options.laneLimit)
        let texts = RowText(graph: graph, drawn: drawn, layout: layout, rows: options.rows)
        shown = drawn.shownCount
        total = graph.revisions.count
        lines = layout.rows.map(texts.line) + texts.ending(shown: shown, total: total)
    }
}

extension RevisionGraph {
    /// The revisions that a drawing may be asked to be `around`: whatever is a target, and `base`.
    ///
    /// - Throws: `TargetRefusal` for what Alembic would refuse.
    public func revisions(around target: String) throws(TargetRefusal) -> [String] {
        let found = try resolve([target], from: [])
        return found.isEmpty ? bases : found
    }

    /// What there is to draw.
    func drawn(_ options: GraphDrawing.Options) -> DrawnGraph {
        guard let limit = options.limit, limit < revisions.count else { return DrawnGraph(self) }
        var sources = options.around
        if sources.isEmpty { sources = (options.rows ?? []) + effectiveHeads + heads }
        return DrawnGraph(self, shown: nearest(to: sources.compactMap(node), limit: limit))
    }
}
