import Postgres
import Runtime
import Text
import Wire

/// Who holds a lock of a run, as far as the name of its session says it.
struct RunHolder: Hashable, Sendable {
    /// The job; nil for a session of another program.
    var job: String?
    /// The host of the agent, shortened when it is long.
    var host: String?
    /// The process id of the agent on that host.
    var process: Int32?
    /// When the session began, RFC 3339; nil where the role may not see it.
    var since: String?
    /// The process id of the session's backend.
    var backend: Int32
    /// The session's `application_name`.
    var application: String?

    init(_ holder: Locks.Holder) {
        backend = holder.pid
        since = holder.backendStart
        application = holder.applicationName
        let words = (holder.applicationName ?? "").split(separator: " ").map(String.init)
        guard words.first == "schemad", words.count >= 3 else { return }
        job = words[2]
        guard words[1] == Self.word, words.count == 5, let process = Int32(words[4]) else { return }
        (host, self.process) = (words[3], process)
    }

    private static let word = "run"
    /// The server shortens a longer name.
    private static let limit = 63

    /// The name of the session that holds the lock of a run: `schemad run JOB HOST PID`.
    static func applicationName(
        job: String, host: String = HostName.current, process: Int32 = HostName.process
    ) -> String {
        let start = "schemad \(word) \(job) "
        let end = " \(process)"
        let name = host.unicodeScalars.map { $0.isASCII && $0.value > 32 && $0.value < 127 ? Character($0) : "-" }
        let shown = String(name.prefix(max(1, limit - start.utf8.count - end.utf8.count)))
        return start + (shown.isEmpty ? "-" : shown) + end
    }

    /// For example `job 01h… of the agent on web-1 (process 4711), backend 99 since 2026-01-01T00:00:00.000Z`.
    var text: String {
        let time = since.map { " since \($0)" } ?? ""
        guard let job, let host, let process else {
            let name = application.map { " (\(SafeText.visible($0)))" } ?? ""
            return "backend \(backend)\(name)\(time)"
        }
        return SafeText.visible("job \(job) of the agent on \(host) (process \(process)), backend \(backend)\(time)")
    }

    /// The same for programs.
    var details: [JSON.Object.Member] {
        var members: [JSON.Object.Member] = [.init("pid", .integer(Int64(backend)))]
        if let job { members.append(.init("job", .string(job))) }
        guard let host, let process else { return members }
        let holder: [JSON.Object.Member] = [
            .init("host", .string(host)), .init("pid", .integer(Int64(process))),
            .init("job", job.map(JSON.string) ?? .null), .init("since", since.map(JSON.string) ?? .null),
        ]
        members.append(.init("holder", .object(JSON.Object(holder))))
        return members
    }
}
