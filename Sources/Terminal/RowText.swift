import Revisions

/// The text beside the lanes, and the symbols in them.
struct RowText {
    private let graph: RevisionGraph
    private let drawn: DrawnGraph
    private let layout: LaneLayout
    private let database: DatabaseMarks?
    private let hasDependencies: Bool

    init(graph: RevisionGraph, drawn: DrawnGraph, layout: LaneLayout, rows: [String]?) {
        self.graph = graph
        self.drawn = drawn
        self.layout = layout
        database = DatabaseMarks(graph, rows: rows)
        hasDependencies = layout.rows.contains { row in
            row.passing.contains(true) || row.branches.contains(where: \.isDependency)
        }
    }

    /// A row of the lanes with its text.
    func line(_ row: LaneRow) -> GraphDrawing.Line {
        guard let item = row.item else { return line(row, node: " ", role: .note, words: []) }
        switch drawn.items[item] {
        case .fold(let fold):
            let words = fold.words.map { [GraphDrawing.Segment(text: $0, role: .note)] } ?? []
            return line(row, node: "⋮", role: .note, words: words)
        case .revision(let node):
            let (sign, role) = sign(of: node)
            return line(row, node: sign, role: role, words: words(of: node, item))
        }
    }

    private func line(
        _ row: LaneRow, node: Character, role: GraphDrawing.Role, words: [GraphDrawing.Segment]
    ) -> GraphDrawing.Line {
        var segments: [GraphDrawing.Segment] = []
        for cell in row.cells(node: node) {
            let cellRole = cell.isItem ? role : .lane(cell.lane)
            if !segments.isEmpty, segments[segments.count - 1].role == cellRole || cell.character == " " {
                segments[segments.count - 1].text.append(cell.character)
            } else {
                segments.append(.init(text: String(cell.character), role: cellRole))
            }
        }
        if !words.isEmpty { segments.append(.init(text: "  ", role: .note)) }
        return .init(segments: segments + words)
    }

    private func sign(of node: Int) -> (Character, GraphDrawing.Role) {
        switch database?.state(of: node) {
        case nil: ("●", .revision)
        case .row: ("◉", .row)
        case .applied: ("●", .applied)
        case .pending: ("○", .pending)
        }
    }

    private func words(of node: Int, _ item: Int) -> [GraphDrawing.Segment] {
        let revision = graph.revisions[node]
        let isHead = graph.upEdges[node].isEmpty
        var marks: [(String, GraphDrawing.Role)] = []
        if isHead { marks.append(("head", .mark)) }
        if database?.state(of: node) == .row { marks.append(("row", .row)) }
        marks += revision.labels.map { ("label \($0)", .label) }
        marks += faults(of: node).map { ($0, .fault) }
        let relations = relations(of: item)
        // After an upgrade the version table has no row for such a head.
        if isHead, !graph.allUpEdges[node].isEmpty, !relations.contains(where: \.isFromAbove) {
            marks.append(("depended on", .note))
        }
        marks += relations.map { ($0.text, .note) }

        var segments: [GraphDrawing.Segment] = [.init(text: revision.id, role: isHead ? .head : .id)]
        for (index, mark) in marks.enumerated() {
            segments.append(.init(text: index == 0 ? "  (" : ", ", role: .note))
            segments.append(.init(text: mark.0, role: mark.1))
        }
        if !marks.isEmpty { segments.append(.init(text: ")", role: .note)) }
        if !revision.doc.isEmpty { segments.append(.init(text: "  " + revision.doc, role: .doc)) }
        return segments
    }

    /// Parents and dependencies that the drawing does not show: missing ones, and those that close a cycle.
    private func faults(of node: Int) -> [String] {
        let revision = graph.revisions[node]
        var faults: [String] = []
        let missing = revision.down.filter { graph.node($0) == nil }
        if !missing.isEmpty { faults.append("missing " + missing.joined(separator: ", ")) }
        let closing = drawn.edgesClosingCycle(of: node).map { graph.revisions[$0].id }
        if !closing.isEmpty { faults.append("in a cycle with " + closing.joined(separator: ", ")) }
        return faults
    }

    /// The edges that have no lane, in words.
    private func relations(of item: Int) -> [(text: String, isFromAbove: Bool)] {
        let edges = layout.wordedEdges[item] ?? []
        let kinds = [
            ("revises", true, false), ("depends on", true, true), ("revised by", false, false),
            ("required by", false, true),
        ]
        return kinds.compactMap { word, isBelow, isDependency in
            let ends = edges.filter { $0.isBelow == isBelow && $0.isDependency == isDependency }
            return ends.isEmpty ? nil : ("\(word) \(names(ends.map(\.item)))", !isBelow)
        }
    }

    private func names(_ items: [Int]) -> String {
        let limit = 3
        let names = items.prefix(limit).map { item in
            switch drawn.items[item] {
            case .revision(let node): graph.revisions[node].id
            case .fold(let fold): "\(fold.count) others"
            }
        }
        return names.joined(separator: ", ") + (items.count > limit ? " and \(items.count - limit) more" : "")
    }

    /// The lines below the graph.
    func ending(shown: Int, total: Int) -> [GraphDrawing.Line] {
        var notes: [String] = []
        if shown < total { notes.append("\(total - shown) of \(total) revisions are not shown.") }
        var legend: [String] = []
        if database != nil { legend += ["◉ row of the version table", "● applied", "○ pending"] }
        if hasDependencies { legend.append("┊ depends on") }
        if !legend.isEmpty { notes.append(legend.joined(separator: "   ")) }
        guard !notes.isEmpty else { return [] }
        return [.init(segments: [])] + notes.map { .init(segments: [.init(text: $0, role: .note)]) }
    }
}

extension DrawnGraph.Fold {
    /// The number of revisions that it represents, in words; nil when another fold counts them.
    var words: String? {
        guard count > 0 else { return nil }
        let kind =
            switch place {
            case .newer: " newer"
            case .between: ""
            case .older: " older"
            }
        return "\(count)\(kind) \(count == 1 ? "revision" : "revisions")"
    }
}
