import AgentClient
import Diagnosis
import FoundationEssentials
import Glibc
import Wire

/// Standard output as a reader or a program wants it.
struct Console {
    let hasColor: Bool
    /// Whether a line can be written again.
    private let hasCursor: Bool

    /// Colours only on a terminal that has them, and not against `NO_COLOR` (no-color.org).
    init() {
        let environment = ProcessInfo.processInfo.environment
        hasCursor = isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb"
        hasColor = hasCursor && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// The terminal's columns; nil where lines may be of any length.
    var columns: Int? { size.flatMap { $0.ws_col > 0 ? Int($0.ws_col) : nil } }

    /// The lines that a terminal shows beside the next prompt; nil where there may be any number.
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

    /// `text` in a style. What comes from outside must have gone through ``plain(_:)``.
    func styled(_ text: String, _ styles: Style...) -> String {
        guard hasColor, !text.isEmpty else { return text }
        return "\u{1B}[\(styles.map(\.rawValue).joined(separator: ";"))m\(text)\u{1B}[0m"
    }

    /// Text from a database or a project, without anything that a terminal would obey.
    func plain(_ text: String) -> String { TerminalText.visible(text) }

    /// Several names, or `none`.
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

    /// A result for programs: one object, one line.
    func json(_ value: JSON) { Self.write(String(decoding: value.encoded(), as: UTF8.self) + "\n") }

    /// Replaces the terminal's current line; does nothing elsewhere.
    func transient(_ text: String) {
        if hasCursor { Self.write("\r\u{1B}[K" + text) }
    }

    static func reportFailure(_ error: ClientError, asJSON: Bool) {
        if asJSON {
            writeError(String(decoding: error.json.encoded(), as: UTF8.self) + "\n")
            return
        }
        var text = "adminctl: \(error.code): \(TerminalText.visible(error.message))\n"
        if case .agent(let answer) = error, let members = answer.details?.objectValue?.members {
            for member in members {
                let value = member.value.stringValue ?? String(decoding: member.value.encoded(), as: UTF8.self)
                let lines = value.split(whereSeparator: \.isNewline).map { TerminalText.visible(String($0)) }
                text += "  \(TerminalText.visible(member.name)): \(lines.joined(separator: "\n    "))\n"
            }
        }
        writeError(text)
    }

    static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

    static func writeError(_ text: String) { write(text, to: STDERR_FILENO) }

    /// Writes all of it, or ends the program with EX_IOERR: a result that did not arrive is no success.
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
