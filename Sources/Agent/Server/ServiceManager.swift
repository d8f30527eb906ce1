import CPosix
import Glibc

/// Socket activation and readiness notification of a service manager such as systemd (sd_listen_fds(3), sd_notify(3)).
enum ServiceManager {
    /// The listening sockets passed by the service manager, by name.
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
            // A first socket with an unknown name is the admin socket.
            let name = Int(offset) < names.count ? String(names[Int(offset)]) : ""
            sockets[["admin", "query"].contains(name) ? name : (offset == 0 ? "admin" : "query")] = descriptor
        }
        return sockets
    }

    /// Sends a state such as `READY=1` to the manager; does nothing without one.
    static func notify(_ state: String) {
        guard let path = variable("NOTIFY_SOCKET") else { return }
        _ = unsafe schemad_notify(path, state)
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
