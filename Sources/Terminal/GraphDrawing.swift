public import Revisions
public import Text

/// A graph as lines of text for a terminal: newest at the top, branches as lanes, one revision per line.
///
/// The segments hold text as the scripts have it; ``Line/text(width:visible:style:)`` makes it safe for a terminal.
public struct GraphDrawing: Sendable {
    /// What to draw.
    public struct Options: Hashable, Sendable {
        /// The rows of the version table; nil without a database. Rows that are no revisions of the graph are not drawn.
        public var rows: [String]?
        /// The revisions that are drawn with their neighbours; empty for the whole graph.
        public var around: [String]
        /// The maximum number of revisions: the nearest to `around`, or to the heads and rows if that is empty.
        public var limit: Int?
        /// The maximum number of lanes side by side; each takes two columns.
        public var laneLimit: Int

        /// The default number of revisions in a drawing around given ones.
        public static let neighbourhood = 21

        /// - Parameter limit: nil means `neighbourhood` when `around` is not empty, and no limit otherwise.
        public init(rows: [String]? = nil, around: [String] = [], limit: Int? = nil, laneLimit: Int = 24) {
            self.rows = rows
            self.around = around
            self.limit = limit ?? (around.isEmpty ? nil : Self.neighbourhood)
            self.laneLimit = laneLimit
        }
    }

    /// A part of a line, with its meaning.
    public struct Segment: Hashable, Sendable {
        /// The text, not made safe for a terminal.
        public var text: String
        /// The meaning, which decides the colour.
        public var role: Role
    }

    /// The meaning of a part of a line.
    public enum Role: Hashable, Sendable {
        /// A piece of an edge, in the lane with this number.
        case lane(Int)
        /// A revision of a drawing without a database.
        case revision
        /// A revision that is a row of the version table.
        case row
        /// A revision that is an ancestor of a row.
        case applied
        /// A revision that is neither a row nor an ancestor of one.
        case pending
        /// An id; that of a head.
        case id, head
        /// A remark about an id: a head, a row.
        case mark
        /// A branch label of the revision itself.
        case label
        /// A fault of the revision.
        case fault
        /// The script's own description.
        case doc
        /// Text beside the graph: revisions that are left out, the legend.
        case note
    }

    /// One line.
    public struct Line: Hashable, Sendable {
        /// From left to right, spaces included.
        public var segments: [Segment]
    }

    /// From top to bottom: the revisions, then, where needed, the number of those left out and the legend.
    public let lines: [Line]
    /// The number of revisions that are drawn.
    public let shown: Int
    /// The number of revisions of the graph.
    public let total: Int

    /// Draws any graph, faulty ones included: missing parents and cycles are named at the revisions.
    public init(_ graph: RevisionGraph, _ options: Options = Options()) {
        let drawn = graph.drawn(options)
        let layout = LaneLayout(drawn, laneLimit: options.laneLimit)
        let texts = RowText(graph: graph, drawn: drawn, layout: layout, rows: options.rows)
        shown = drawn.shownCount
        total = graph.revisions.count
        lines = layout.rows.map(texts.line) + texts.ending(shown: shown, total: total)
    }
}

extension GraphDrawing.Line {
    /// The line as text for a terminal.
    ///
    /// - Parameters:
    ///   - width: the columns that the line may take; the text after the id is cut. Nil for no limit.
    ///   - visible: makes text from a script safe for a terminal.
    ///   - style: adds the colour of a role to a text.
    public func text(
        width: Int? = nil, visible: (String) -> String = SafeText.visible,
        style: (String, GraphDrawing.Role) -> String = { text, _ in text }
    ) -> String {
        let parts = segments.map { (text: visible($0.text), role: $0.role) }
        let columns = parts.reduce(0) { $0 + $1.text.terminalColumns }
        guard let width, columns > width else { return parts.map { style($0.text, $0.role) }.joined() }
        var result = ""
        // One column is reserved for the ellipsis.
        var room = width - 1
        for (text, role) in parts {
            let columns = text.terminalColumns
            if columns > room, role.mayBeCut {
                return room < 0 ? result : result + style(text.prefix(terminalColumns: room) + "…", role)
            }
            result += style(text, role)
            room -= columns
        }
        return result
    }
}

extension GraphDrawing.Role {
    /// The terminal attributes of the role: parameters of SGR (ECMA-48); empty for none.
    public var graphicRendition: String {
        switch self {
        case .lane(let number): ["36", "35", "34", "33", "32", "31"][number % 6]
        case .revision, .applied, .id: ""
        case .row: "1;32"
        case .pending: "33"
        case .head: "1"
        case .mark: "1;36"
        case .label: "34"
        case .fault: "1;31"
        case .doc: ""
        case .note: "2"
        }
    }

    fileprivate var mayBeCut: Bool {
        switch self {
        case .lane, .revision, .row, .applied, .pending, .id, .head: false
        case .mark, .label, .fault, .doc, .note: true
        }
    }
}

extension String {
    /// The width of the text in terminal columns: two for East Asian wide characters, none for combining ones.
    var terminalColumns: Int {
        utf8.allSatisfy { $0 < 0x80 } ? utf8.count : unicodeScalars.reduce(0) { $0 + $1.terminalColumns }
    }

    fileprivate func prefix(terminalColumns limit: Int) -> String {
        var room = limit
        var result = ""
        for character in self {
            room -= character.unicodeScalars.reduce(0) { $0 + $1.terminalColumns }
            guard room >= 0 else { break }
            result.append(character)
        }
        return result
    }
}

extension Unicode.Scalar {
    /// The ranges are the blocks that are wide as a whole (Unicode, East Asian Width).
    fileprivate var terminalColumns: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}

extension RevisionGraph {
    /// The revisions that a target names, for ``GraphDrawing/Options/around``; `base` names all bases.
    ///
    /// - Throws: `RevisionsError` for a target that Alembic would refuse.
    public func revisions(around target: String) throws(RevisionsError) -> [String] {
        let found = try resolve([target], from: [])
        return found.isEmpty ? bases : found
    }

    /// The items and edges of a drawing with these options.
    func drawn(_ options: GraphDrawing.Options) -> DrawnGraph {
        guard let limit = options.limit, limit < revisions.count else { return DrawnGraph(self) }
        var sources = options.around
        if sources.isEmpty { sources = (options.rows ?? []) + effectiveHeads + heads }
        return DrawnGraph(self, shown: nearest(to: sources.compactMap(node), limit: limit))
    }

    /// The revisions that a drawing shows when it does not show all: the nearest to the sources, at most `limit`.
    ///
    /// The distance is the number of edges of either kind. A change of direction, from parents to children or back,
    /// counts two more, so that the line of a source is preferred to the branches beside it.
    func nearest(to sources: [Int], limit: Int) -> Set<Int> {
        var chosen: Set<Int> = []
        // The nodes to visit at each distance, in the order in which they were found.
        var waiting: [[(node: Int, direction: Direction?)]] = [sources.map { ($0, nil) }]
        var seen = [[Bool]](repeating: [Bool](repeating: false, count: revisions.count), count: 2)
        var distance = 0
        while distance < waiting.count, chosen.count < limit {
            // Every step costs at least 1, so this list does not grow any more.
            for (node, direction) in waiting[distance] where chosen.count < limit {
                let directions = direction.map { [$0] } ?? Direction.allCases
                let isNew = directions.contains { !seen[$0.rawValue][node] }
                guard isNew else { continue }
                for direction in directions { seen[direction.rawValue][node] = true }
                chosen.insert(node)
                for next in Direction.allCases {
                    let cost = direction == nil || direction == next ? 1 : 3
                    while waiting.count <= distance + cost { waiting.append([]) }
                    let neighbours = next == .down ? allDownEdges[node] : allUpEdges[node]
                    waiting[distance + cost] += neighbours.map { ($0, next) }
                }
            }
            waiting[distance] = []
            distance += 1
        }
        return chosen
    }

    private enum Direction: Int, CaseIterable {
        case up, down
    }
}
