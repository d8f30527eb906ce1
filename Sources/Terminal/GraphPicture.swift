public import Revisions
public import Text

/// A graph as source text for Graphviz or Mermaid.
public struct GraphPicture: Sendable {
    /// The languages.
    public enum Format: String, CaseIterable, Sendable {
        /// Graphviz.
        case dot
        /// A Mermaid flowchart, for Markdown pages. Mermaid refuses pictures of more than 500 edges unless the page's
        /// settings allow them.
        case mermaid
    }

    /// The picture; its last line ends with a newline.
    public let text: String

    /// Quotes ids and descriptions for the language, so that they are always labels.
    ///
    /// - Parameters:
    ///   - options: what to draw; `laneLimit` is not used.
    ///   - visible: makes text from a script safe to be shown.
    public init(
        _ graph: RevisionGraph, _ format: Format, _ options: GraphDrawing.Options = .init(),
        visible: (String) -> String = SafeText.visible
    ) {
        let drawn = graph.drawn(options)
        let marks = DatabaseMarks(graph, rows: options.rows)
        let nodes = drawn.items.map { item in
            switch item {
            case .fold(let fold): Node(lines: [fold.words ?? "…"], state: .fold, isHead: false)
            case .revision(let node): Node(graph, node, state: marks?.state(of: node), visible)
            }
        }
        switch format {
        case .dot: text = Self.dot(nodes, drawn.edges)
        case .mermaid: text = Self.mermaid(nodes, drawn.edges)
        }
    }

    private struct Node {
        enum State: String {
            case row, applied, pending, fold
        }

        var lines: [String]
        var state: State?
        var isHead: Bool

        init(lines: [String], state: State?, isHead: Bool) {
            self.lines = lines
            self.state = state
            self.isHead = isHead
        }

        init(_ graph: RevisionGraph, _ node: Int, state: DatabaseMarks.State?, _ visible: (String) -> String) {
            let revision = graph.revisions[node]
            let isHead = graph.upEdges[node].isEmpty
            let marks =
                (isHead ? ["head"] : []) + (state == .row ? ["row"] : []) + revision.labels.map { "label \($0)" }
            let lines = [revision.id, marks.isEmpty ? "" : "(" + marks.joined(separator: ", ") + ")", revision.doc]
            let nodeState: State? =
                switch state {
                case nil: nil
                case .row: .row
                case .applied: .applied
                case .pending: .pending
                }
            self.init(lines: lines.filter { !$0.isEmpty }.map(visible), state: nodeState, isHead: isHead)
        }
    }

    // MARK: Graphviz

    private static func dot(_ nodes: [Node], _ edges: [[DrawnGraph.Edge]]) -> String {
        var text = "digraph revisions {\n    node [shape=box, fontname=\"monospace\"];\n"
        for (index, node) in nodes.enumerated() {
            var attributes = ["label=\"\(node.lines.map(quotedForDot).joined(separator: "\\n"))\""]
            switch node.state {
            case nil: break
            case .row: attributes.append("style=filled, fillcolor=palegreen")
            case .applied: attributes.append("style=filled, fillcolor=gray92")
            case .pending: attributes.append("style=dashed")
            case .fold: attributes.append("shape=plaintext")
            }
            if node.isHead { attributes.append("penwidth=2") }
            text += "    r\(index) [\(attributes.joined(separator: ", "))];\n"
        }
        for (index, targets) in edges.enumerated() {
            for edge in targets {
                text += "    r\(index) -> r\(edge.target)\(edge.isDependency ? " [style=dashed]" : "");\n"
            }
        }
        return text + "}\n"
    }

    /// In a label, a backslash starts an escape and an ampersand an HTML entity.
    private static func quotedForDot(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "&": result += "&amp;"
            case "\n": result += "\\n"
            default:
                // Graphviz stops at a NUL, and has no escape for the other control characters.
                result.unicodeScalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
            }
        }
        return result
    }

    // MARK: Mermaid

    private static func mermaid(_ nodes: [Node], _ edges: [[DrawnGraph.Edge]]) -> String {
        var text = "flowchart TD\n"
        for (index, node) in nodes.enumerated() {
            let classes = node.state.map { ":::\($0.rawValue)" } ?? (node.isHead ? ":::head" : "")
            text += "    r\(index)[\"\(node.lines.map(quotedForMermaid).joined(separator: "<br/>"))\"]\(classes)\n"
        }
        for (index, targets) in edges.enumerated() {
            for edge in targets {
                text += "    r\(index) \(edge.isDependency ? "-.->" : "-->") r\(edge.target)\n"
            }
        }
        return text + """
                classDef head stroke-width:3px
                classDef row fill:#9f9,stroke-width:3px
                classDef applied fill:#eee
                classDef pending stroke-dasharray:4
                classDef fold fill:none,stroke:none

            """
    }

    /// Replaces every character that is special in Mermaid, Markdown or HTML with a Mermaid entity code.
    private static func quotedForMermaid(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let isPlain =
                scalar.isASCII
                ? scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || " _-.,:/()".unicodeScalars.contains(scalar)
                : scalar.properties.generalCategory != .control
            if isPlain {
                result.unicodeScalars.append(scalar)
            } else {
                result += "#\(scalar.value);"
            }
        }
        return result
    }
}
