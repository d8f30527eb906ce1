import Revisions
import Terminal

/// Follows the lines of a drawing as a reader does, so that a test can compare them with the graph.
///
/// A line runs down from a revision to the next one in its column; the lines of two columns are one where they meet.
/// Horizontal lines of a row belong to its revision, or, in a row without one, to the revision of the row before.
struct DrawingReader {
    struct Edge: Hashable {
        var from: String
        var to: String
        var isDependency: Bool
    }

    private struct Lane {
        var from: Set<String>
        var isDependency = false
        /// A revision's own column, in which the line may end.
        var isPossible = false
    }

    private(set) var edges: Set<Edge> = []
    /// Faults of the drawing itself.
    private(set) var faults: [String] = []
    private(set) var widest = 0
    private var lanes: [Int: Lane] = [:]
    private var hub = 0
    private var revision = ""

    init(_ drawing: GraphDrawing) {
        for line in drawing.lines {
            var id: String?
            var signs = ""
            for segment in line.segments {
                switch segment.role {
                case .lane, .revision: signs += segment.text
                case .id, .head: id = segment.text
                case .mark, .row, .applied, .pending, .label, .fault, .doc, .note: break
                }
            }
            read(Array(signs), id)
        }
        if lanes.values.contains(where: { !$0.isPossible }) { faults.append("lines run on below the drawing") }
    }

    private mutating func read(_ signs: [Character], _ id: String?) {
        widest = max(widest, signs.count)
        if let id {
            revision = id
            hub = signs.firstIndex(of: "●") ?? 0
            end(at: hub)
        }
        var begun: [Int: Lane] = [:]
        if id != nil { begun[hub] = Lane(from: [revision], isPossible: true) }
        for column in 0..<max(signs.count, (lanes.keys.max() ?? 0) + 1) where id == nil || column != hub {
            switch column < signs.count ? signs[column] : " " {
            case "│": pass(column)
            case "┊": pass(column, isDependency: true)
            case "├", "┤", "┼":
                pass(column, isDependency: nil)
                if id != nil || column != hub { lanes[column]?.from.insert(revision) }
            case "╰", "╯", "┴":
                if id != nil {
                    end(at: column)
                } else if column == hub, lanes[column]?.isPossible == true {
                    lanes[column] = nil
                } else {
                    fault("a line ends where there is no revision", column)
                }
            case "╭", "╮", "┬":
                discard(column)
                begun[column] = Lane(from: [revision])
            case " ", "─", "╌": discard(column)
            default: fault("an unknown sign", column)
            }
        }
        lanes.merge(begun) { $1 }
    }

    private mutating func pass(_ column: Int, isDependency: Bool? = false) {
        if lanes[column] == nil { fault("a line without a beginning", column) }
        lanes[column]?.isPossible = false
        if isDependency == true { lanes[column]?.isDependency = true }
    }

    private mutating func end(at column: Int) {
        guard let lane = lanes.removeValue(forKey: column) else { return }
        for from in lane.from {
            edges.insert(Edge(from: from, to: revision, isDependency: lane.isDependency))
        }
    }

    private mutating func discard(_ column: Int) {
        if lanes.removeValue(forKey: column)?.isPossible == false { fault("a line is lost", column) }
    }

    private mutating func fault(_ text: String, _ column: Int) {
        faults.append("\(text): column \(column), at \(revision)")
    }
}
