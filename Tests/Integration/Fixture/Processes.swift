import FoundationEssentials
import Support

/// Information about processes from /proc.
enum Processes {
    /// The running child processes of a process.
    static func children(of parent: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { fields(of: $0)?[1] == "\(parent)" && isRunning($0) }
    }

    /// A zombie counts as ended.
    static func isRunning(_ process: Int32) -> Bool {
        guard let state = fields(of: process)?.first else { return false }
        return state != "Z"
    }

    /// The resident memory of a process.
    static func residentBytes(of process: Int32) throws -> Int {
        let line = text("/proc/\(process)/status")?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
            throw SupportError("/proc/\(process)/status has no VmRSS.")
        }
        return number * 1024
    }

    /// The name, arguments and environment of a process.
    static func visibleText(of process: Int32) -> String {
        ["cmdline", "environ", "comm"].map { text("/proc/\(process)/\($0)") ?? "" }.joined(separator: "\n")
    }

    /// The fields after the name, starting with the state. The name may contain any character.
    private static func fields(of process: Int32) -> [Substring]? {
        guard let text = text("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 1 ? fields : nil
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
