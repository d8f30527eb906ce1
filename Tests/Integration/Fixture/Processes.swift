import FoundationEssentials
import Support

/// What the kernel says about processes.
enum Processes {
    /// The processes that a process has started and that live.
    static func children(of parent: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { fields(of: $0)?[1] == "\(parent)" && isRunning($0) }
    }

    /// A process that only waits to be reaped counts as ended.
    static func isRunning(_ process: Int32) -> Bool {
        guard let state = fields(of: process)?.first else { return false }
        return state != "Z"
    }

    /// The memory that a process has in use.
    static func residentBytes(of process: Int32) throws -> Int {
        let line = text("/proc/\(process)/status")?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
            throw SupportError("Nothing is known of the memory of process \(process).")
        }
        return number * 1024
    }

    /// Everything about a process that other users of the machine may see, and its environment.
    static func visibleText(of process: Int32) -> String {
        ["cmdline", "environ", "comm"].map { text("/proc/\(process)/\($0)") ?? "" }.joined(separator: "\n")
    }

    /// State, parent and so on: what follows the name, which may hold anything.
    private static func fields(of process: Int32) -> [Substring]? {
        guard let text = text("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 1 ? fields : nil
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
