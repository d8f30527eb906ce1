public import Revisions
import Text

/// A graph and its problems as lines for a terminal.
public enum TerminalGraph {
    /// The drawing.
    ///
    /// - Parameters:
    ///   - width: the terminal's columns; nil for no limit.
    ///   - hasColor: whether the terminal understands escape sequences.
    public static func lines(of drawing: GraphDrawing, width: Int?, hasColor: Bool) -> [String] {
        drawing.lines.map { line in
            line.text(width: width, style: { styled($0, $1.graphicRendition, hasColor: hasColor) })
        }
    }

    /// Each problem on a line: severity, code, place and message.
    public static func lines(of problems: [GraphProblem], hasColor: Bool) -> [String] {
        problems.map { problem in
            let severity =
                problem.isBlocking
                ? styled("error", "1;31", hasColor: hasColor) : styled("warning", "1;33", hasColor: hasColor)
            let place = problem.file.map { SafeText.visible($0) + (problem.line.map { ":\($0)" } ?? "") + ": " }
            return "\(severity)  \(styled(problem.code, "2", hasColor: hasColor))  \(place ?? "")"
                + SafeText.oneLine(problem.message)
        }
    }

    private static func styled(_ text: String, _ rendition: String, hasColor: Bool) -> String {
        hasColor && !rendition.isEmpty && !text.isEmpty ? "\u{1B}[\(rendition)m\(text)\u{1B}[0m" : text
    }
}
