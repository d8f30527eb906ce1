import AgentClient
import Diagnosis
import FoundationEssentials
import Glibc
import Terminal
import Text
import Wire

/// Writes to standard output, for people and for programs.
struct Console {
    let hasColor: Bool
    /// Whether lines can be replaced.
    let hasCursor: Bool

    /// Uses colours only on a terminal that supports them, unless `NO_COLOR` is set (no-color.org).
    init() {
        let environment = ProcessInfo.processInfo.environment
        hasCursor = isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb"
        hasColor = hasCursor && (environment["NO_COLOR"] ?? "").isEmpty
    }

    init(hasColor: Bool, hasCursor: Bool) {
        self.hasColor = hasColor
        self.hasCursor = hasCursor
    }

    /// The terminal's columns; nil when lines may have any length.
    var columns: Int? { size.flatMap { $0.ws_col > 0 ? Int($0.ws_col) : nil } }

    /// The terminal's lines, without one for the next prompt; nil when there may be any number.
    var height: Int? { size.flatMap { $0.ws_row > 1 ? Int($0.ws_row) - 1 : nil } }

    private var size: winsize? {
        var size = winsize()
        guard hasCursor, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
        return size
    }

    enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
    }

    /// `text` in a style. Text from a database or a project must have passed through ``plain(_:)``.
    func styled(_ text: String, _ styles: Style...) -> String {
        guard hasColor, !text.isEmpty else { return text }
        return "\u{1B}[\(styles.map(\.rawValue).joined(separator: ";"))m\(text)\u{1B}[0m"
    }

    /// Text from a database or a project, without characters that control a terminal.
    func plain(_ text: String) -> String { SafeText.visible(text) }

    /// A message or a definition, in lines as it has them, those after the first indented.
    func prose(_ text: String, indent: Int) -> String {
        SafeText.lines(text).joined(separator: "\n" + String(repeating: " ", count: indent))
    }

    /// Names joined by commas, or `none`.
    func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.map(plain).joined(separator: ", ")
    }

    /// Rows of a version table; nil means that they could not be read.
    func rows(_ rows: [String?]?) -> String {
        guard let rows else { return "not known" }
        return rows.isEmpty
            ? "none" : rows.map { $0.map { plain($0.isEmpty ? "''" : $0) } ?? "NULL" }.joined(separator: ", ")
    }

    func line(_ text: String = "") { Self.write(text + "\n") }

    /// Prints a result for programs, on one line.
    func json(_ value: JSON) { Self.write(String(decoding: value.encoded(), as: UTF8.self) + "\n") }

    /// Writes lines that ``eraseLines(_:)`` removes again; none may be longer than the terminal is wide.
    func drawLines(_ lines: [String]) { Self.write(lines.joined(separator: "\n")) }

    /// Removes the last lines, with the cursor at the end of the last one.
    func eraseLines(_ count: Int) {
        guard count > 0 else { return }
        Self.write("\r\u{1B}[K" + String(repeating: "\u{1B}[1A\u{1B}[K", count: count - 1))
    }

    static func reportFailure(_ error: AgentClientError, asJSON: Bool) {
        if asJSON {
            writeError(String(decoding: error.json.encoded(), as: UTF8.self) + "\n")
            return
        }
        let message = SafeText.lines(error.message).joined(separator: "\n  ")
        var text = "adminctl: \(error.code): \(message)\n"
        if case .agent(let answer) = error, let members = answer.details?.objectValue?.members {
            for member in members where member.value != .null {
                let value = member.value.stringValue ?? String(decoding: member.value.encoded(), as: UTF8.self)
                text += "  \(SafeText.visible(member.name)): \(SafeText.lines(value).joined(separator: "\n    "))\n"
            }
        }
        writeError(text)
    }

    static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

    static func writeError(_ text: String) { write(text, to: STDERR_FILENO) }

    /// Writes the whole text, or exits with EX_IOERR: a result that was not written is a failure.
    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { exit(74) }
            offset += count
        }
    }
}

extension Console {
    func table(_ table: Table, indent: String = "  ") {
        for text in table.lines(indent: indent) { line(text) }
    }

    /// Prints names on the left with their values on the right.
    func facts(_ facts: [(name: String, value: String)], indent: String = "  ") {
        var table = Table()
        for fact in facts {
            let lines = fact.value.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            for (index, line) in lines.enumerated() {
                let name = index == 0 ? fact.name : ""
                table.add([(name, styled(name, .dim)), (line, line)])
            }
        }
        self.table(table, indent: indent)
    }

    /// The lines of the terminal that ``facts(_:indent:)`` takes.
    func height(of facts: [(name: String, value: String)], indent: String = "  ") -> Int {
        guard let columns else { return facts.count }
        let names = facts.map(\.name.count).max() ?? 0
        return facts.reduce(0) { $0 + max(1, (indent.count + names + 2 + $1.value.count + columns - 1) / columns) }
    }
}

extension Console {
    /// Prints each finding with severity, code, message, evidence and remedy. Notes follow, one line each.
    ///
    /// - Parameter room: the lines that may be used; nil for any number.
    /// - Returns: whether something was left out because there were too few lines.
    @discardableResult
    func findings(_ findings: [Finding], room: Int? = nil) -> Bool {
        let text = FindingText(findings, columns: columns)
        let detail = text.detail(within: room)
        for line in text.lines(detail) { self.line(shown(line)) }
        return text.leavesOut(detail)
    }

    private func shown(_ line: FindingText.Line) -> String {
        line.parts.map { part in
            switch part.role {
            case .plain: part.text
            case .dim: styled(part.text, .dim)
            case .arrow: styled(part.text, .green)
            case .severity(.error): styled(part.text, .red, .bold)
            case .severity(.warning): styled(part.text, .yellow, .bold)
            case .severity(.info): styled(part.text, .blue, .bold)
            }
        }.joined()
    }
}
