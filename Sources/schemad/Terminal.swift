import Glibc

/// What standard output is connected to.
enum Terminal {
    static var isThere: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Not against `NO_COLOR` (no-color.org).
    static var hasColor: Bool {
        isThere && text("TERM") != "dumb" && text("NO_COLOR").isEmpty
    }

    /// Nil where lines may be of any length.
    static var columns: Int? {
        var size = winsize()
        guard isThere, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    private static func text(_ variable: String) -> String {
        getenv(variable).map { String(cString: $0) } ?? ""
    }
}
