public import Revisions

/// A graph as the lines that a terminal gets, for every program that shows one.
public enum TerminalGraph {
    /// The drawing.
    ///
    /// - Parameters:
    ///   - width: the terminal's columns; nil where lines may be of any length.
    ///   - hasColor: whether escape sequences are understood.
    public static func lines(of drawing: GraphDrawing, width: Int?, hasColor: Bool) -> [String] {
        drawing.lines.map { line in
            line.text(width: width, visible: TerminalText.visible) { text, role in
                styled(text, role.graphicRendition, hasColor: hasColor)
            }
        }
    }

    /// Each problem in a line: how bad, its code, where, what and what to do.
    public static func lines(of problems: [GraphProblem], hasColor: Bool) -> [String] {
        problems.map { problem in
            let severity =
                problem.isBlocking
                ? styled("error", "1;31", hasColor: hasColor) : styled("warning", "1;33", hasColor: hasColor)
            let place = problem.file.map { TerminalText.visible($0) + (problem.line.map { ":\($0)" } ?? "") + ": " }
            return "\(severity)  \(styled(problem.code, "2", hasColor: hasColor))  \(place ?? "")"
                + TerminalText.visible(problem.message)
        }
    }

    private static func styled(_ text: String, _ rendition: String, hasColor: Bool) -> String {
        hasColor && !rendition.isEmpty && !text.isEmpty ? "\u{1B}[\(rendition)m\(text)\u{1B}[0m" : text
    }
}
