/// Something that a run noticed about the project or its interpreter, and that did not end the run.
public struct RunnerWarning: Codable, Hashable, Sendable {
    /// The code of a finding.
    public var code: String
    /// One sentence without a full stop. Further lines are evidence.
    public var message: String
    /// An absolute path.
    public var file: String?
    /// Counted from 1.
    public var line: Int?

    public init(code: String, message: String, file: String? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
    }

    /// An option of the settings that has no effect.
    static func unread(_ option: String) -> RunnerWarning {
        RunnerWarning(
            code: "project.optionNotRead",
            message: "env.py does not read the option \(option), which `options` sets in Alembic's configuration")
    }

    /// The `.pth` files that failed when the interpreter started, from what it wrote to standard error.
    ///
    /// Python's `site` writes `Error processing line N of FILE:`, an empty line, an indented traceback, and `Remainder
    /// of file ignored`, and continues without the rest of that file.
    static func pathFiles(_ output: String) -> [RunnerWarning] {
        var warnings: [RunnerWarning] = []
        var reason = ""
        for line in output.split(separator: "\n") {
            if let match = line.wholeMatch(of: /Error processing line (\d+) of (\/.*\.pth):/) {
                warnings.append(
                    RunnerWarning(
                        code: "project.pathFileFailed", message: "", file: String(match.2), line: Int(match.1)))
                reason = ""
            } else if let last = warnings.last, last.message.isEmpty {
                if line.hasPrefix("Remainder of file ignored") {
                    let place = "\(last.file ?? "") line \(last.line ?? 0)"
                    warnings[warnings.count - 1].message =
                        "\(place) fails when the interpreter starts, so packages may be missing: \(reason)"
                } else if let start = line.firstIndex(where: { $0 != " " }) {
                    reason = String(line[start...])
                }
            }
        }
        // A folder of packages may be on the search path twice.
        var seen: Set<RunnerWarning> = []
        return warnings.filter { !$0.message.isEmpty && seen.insert($0).inserted }
    }
}
