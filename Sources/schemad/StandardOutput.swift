import Glibc

/// The terminal on standard output, if there is one.
enum StandardOutput {
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Respects `NO_COLOR` (no-color.org).
    static var hasColor: Bool {
        isTerminal && text("TERM") != "dumb" && text("NO_COLOR").isEmpty
    }

    /// The number of columns; nil when lines may be of any length.
    static var columns: Int? {
        var size = winsize()
        guard isTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    private static func text(_ variable: String) -> String {
        getenv(variable).map { String(cString: $0) } ?? ""
    }
}
