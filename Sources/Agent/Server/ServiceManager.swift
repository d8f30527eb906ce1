import CPosix
import Glibc

/// What a service manager such as systemd hands over and wants to hear (sd_listen_fds(3), sd_notify(3)).
enum ServiceManager {
    /// The listening sockets that were handed over, by their names.
    static func takeSockets() -> [String: CInt] {
        defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsafe unsetenv(name) } }
        guard let pid = variable("LISTEN_PID").flatMap({ Int32($0) }), pid == getpid(),
            let count = variable("LISTEN_FDS").flatMap({ Int32($0) }), (1...16).contains(count)
        else { return [:] }
        let names = (variable("LISTEN_FDNAMES") ?? "").split(separator: ":", omittingEmptySubsequences: false)
        var sockets: [String: CInt] = [:]
        for offset in 0..<count {
            let descriptor = 3 + offset
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
            // A single socket without a name of ours is the admin socket.
            let name = Int(offset) < names.count ? String(names[Int(offset)]) : ""
            sockets[["admin", "query"].contains(name) ? name : (offset == 0 ? "admin" : "query")] = descriptor
        }
        return sockets
    }

    /// Tells the manager a state such as `READY=1`; does nothing without one.
    static func notify(_ state: String) {
        guard let path = variable("NOTIFY_SOCKET") else { return }
        _ = unsafe schemad_notify(path, state)
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
