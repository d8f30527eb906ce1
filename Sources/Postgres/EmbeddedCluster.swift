import CLibPQ
import FoundationEssentials
import Glibc

/// A throwaway PostgreSQL from the installed programs, for trying things out and for tests. It trades durability for
/// speed: `fsync` is off.
///
/// It lives in a private folder of the server's account and listens on a socket there, where it trusts everyone who can
/// reach it; so nobody else can. The superuser is `postgres`. It ends, and its folder vanishes, with `remove()`, when
/// the last reference is dropped, or when this process dies, however hard.
public actor EmbeddedCluster {
    public struct Settings: Sendable {
        /// The server's `cluster_name`, by which a client can tell this server from any other.
        public var clusterName: String
        /// Listens on a free port of 127.0.0.1 as well, where passwords are asked for (SCRAM).
        public var listensOnTCP: Bool
        /// Further server parameters, by name.
        public var parameters: [String: String]
        /// Lines for `pg_hba.conf` that come before our own.
        public var accessRules: [String]
        /// A folder with a cluster that was never started, to copy instead of running `initdb`; see `templateFolder`.
        public var template: String?
        /// Keeps such a copy for others, readable by the same account and gone with this cluster.
        public var keepsTemplate: Bool
        /// Where the private folder goes; nil is `TMPDIR`, or `/tmp` if the account cannot write there.
        public var parent: String?
        /// Seconds that the server may take to answer after a start.
        public var startSeconds: Int
        /// Taken where it is installed beside others; nil is the newest.
        public var majorVersion: Int?

        public init(
            clusterName: String = "schemad", listensOnTCP: Bool = false, parameters: [String: String] = [:],
            accessRules: [String] = [], template: String? = nil, keepsTemplate: Bool = false, parent: String? = nil,
            startSeconds: Int = 60, majorVersion: Int? = nil
        ) {
            self.clusterName = clusterName
            self.listensOnTCP = listensOnTCP
            self.parameters = parameters
            self.accessRules = accessRules
            self.template = template
            self.keepsTemplate = keepsTemplate
            self.parent = parent
            self.startSeconds = startSeconds
            self.majorVersion = majorVersion
        }
    }

    public nonisolated let settings: Settings
    private let executor = QueueExecutor(label: "schemad.postgres.cluster")
    private var watchdog: Watchdog?
    private var server: pid_t?
    /// The private folder; also what `host=` is for libpq.
    public private(set) var folder = ""
    public private(set) var port = 5432

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    public init(_ settings: Settings = Settings()) {
        self.settings = settings
    }

    /// Makes the cluster if there is none yet, starts the server and waits until it accepts connections. A running
    /// server is left alone.
    ///
    /// - Throws: `configuration` when no server programs or no account are found, or when `initdb` or the server fails;
    ///   the message ends with the last lines of their log.
    public func start() async throws(PostgresError) {
        let programs = await ServerPrograms.installed(preferring: settings.majorVersion)
        guard let programs else {
            throw PostgresError(
                kind: .configuration, message: "PostgreSQL's initdb and postgres are not installed.",
                hint: "On Debian: apt-get install postgresql. A client package alone does not have them.")
        }
        try begin(programs)
    }

    /// Ends the server the fast way: sessions are cut off, data is written. The folder stays; `start()` starts again.
    public func stop() throws(PostgresError) {
        try end("INT")
    }

    /// Ends the server at once, as a crash would; the next start recovers.
    public func kill() throws(PostgresError) {
        try end("QUIT")
    }

    public func restart() async throws(PostgresError) {
        try stop()
        try await start()
    }

    /// Ends the server and removes the folder; returns when both are gone.
    public func remove() {
        _ = try? watchdog?.ask("remove", seconds: 60)
        watchdog = nil
        server = nil
    }

    /// An address on the private socket; valid also while the server is stopped.
    public func url(database: String = "postgres", user: String = "postgres") -> String {
        "postgresql:///\(percentEncoded(database))?host=\(percentEncoded(folder, isValue: true))&port=\(port)"
            + "&user=\(percentEncoded(user))"
    }

    /// An address on 127.0.0.1, for a role that has a password.
    public func urlOverTCP(database: String, user: String, password: String) -> String {
        "postgresql://\(percentEncoded(user)):\(percentEncoded(password))@127.0.0.1:\(port)/\(percentEncoded(database))"
    }

    /// What `Settings.template` of another cluster may be.
    public var templateFolder: String? {
        settings.keepsTemplate && watchdog != nil ? folder + "/template" : nil
    }

    /// The process of the server, nil while it is stopped.
    public var serverProcess: Int32? { server }

    /// The end of what `initdb` and the server wrote.
    public func log(lines: Int = 20) -> String {
        let bytes = FileManager.default.contents(atPath: folder + "/log") ?? Data()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(lines).joined(separator: "\n")
    }

    // MARK: - On the executor

    private func begin(_ programs: ServerPrograms) throws(PostgresError) {
        if server != nil { return }
        if watchdog == nil { try make(programs) }
        guard let watchdog else { return }
        // A port that was free a moment ago can be taken: try another one then.
        for attempt in 1...5 {
            if settings.listensOnTCP, attempt > 1 || port == 5432 { port = try freePort() }
            let answer = try watchdog.ask("start \(port)", seconds: 10)
            server = pid_t(answer)
            if waitUntilReady() { return }
            let log = log(lines: 8)
            try end("QUIT")
            if !settings.listensOnTCP || !log.contains("could not bind") { break }
        }
        throw PostgresError(kind: .configuration, message: "The local PostgreSQL did not start.\n" + log(lines: 8))
    }

    private func make(_ programs: ServerPrograms) throws(PostgresError) {
        let account = try Account.unprivileged()
        let temporary = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        let parents = settings.parent.map { [$0] } ?? [temporary, "/tmp"]
        let arguments = serverArguments()
        for parent in parents {
            // 107 bytes hold a socket's path, of which "/schemad-pg-XXXXXXXX/.s.PGSQL.NNNNN" takes 35.
            guard parent.hasPrefix("/"), parent.utf8.count <= 72, !parent.contains(where: { ",\"\n".contains($0) })
            else {
                continue
            }
            let candidate = try Watchdog(programs: programs, account: account, parent: parent, server: arguments)
            if let answer = try? candidate.answer(seconds: 10), answer.hasPrefix("/") {
                folder = answer
                try initialize(candidate)
                watchdog = candidate
                return
            }
        }
        throw PostgresError(
            kind: .configuration,
            message: "No folder for a local PostgreSQL; tried in \(parents.joined(separator: ", ")).",
            hint: "The server's account must be able to write there, and the path may have 72 bytes.")
    }

    private func initialize(_ watchdog: Watchdog) throws(PostgresError) {
        let order = settings.template.map { "copy \($0)" } ?? "initialize"
        guard try watchdog.ask(order, seconds: 120) == "0" else {
            throw PostgresError(kind: .configuration, message: "No cluster could be made.\n" + log(lines: 8))
        }
        if settings.keepsTemplate { _ = try watchdog.ask("keep", seconds: 60) }
        let rules = settings.accessRules + ["local all all trust", "host all all 127.0.0.1/32 scram-sha-256"]
        for rule in rules { _ = try watchdog.ask("rule \(rule)", seconds: 10) }
    }

    private func serverArguments() -> [String] {
        var parameters = [
            "cluster_name": settings.clusterName,
            "listen_addresses": settings.listensOnTCP ? "127.0.0.1" : "",
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
            "shared_buffers": "16MB", "unix_socket_permissions": "0700",
            // Kept in the data folder: nothing is left in /dev/shm after a crash.
            "dynamic_shared_memory_type": "mmap",
            "autovacuum_naptime": "1h", "max_wal_size": "256MB",
        ]
        parameters.merge(settings.parameters) { _, given in given }
        return parameters.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    }

    private func end(_ signal: String) throws(PostgresError) {
        guard let watchdog, server != nil else { return }
        _ = try watchdog.ask("stop \(signal)", seconds: 60)
        server = nil
    }

    /// Polls by connecting; gives up early when the server's process has ended.
    private func waitUntilReady() -> Bool {
        let deadline = ContinuousClock.now + .seconds(settings.startSeconds)
        while deadline > .now, let server, isRunning(server) {
            if unsafe PQping(url()) == PQPING_OK { return true }
            // A server announces to nobody that it is ready; this runs on a queue of its own.
            usleep(5_000)
        }
        return false
    }

    /// A process that has ended stays in the table as a zombie until the shell waits for it.
    private func isRunning(_ process: pid_t) -> Bool {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return false }
        return !text[end...].dropFirst().hasPrefix(" Z")
    }

    private func freePort() throws(PostgresError) -> Int {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        defer { Glibc.close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                let bound = unsafe bind(descriptor, generic, length)
                return unsafe bound == 0 ? getsockname(descriptor, generic, &length) : bound
            }
        }
        guard status == 0 else {
            throw PostgresError(kind: .configuration, message: "No free port on 127.0.0.1: \(errorText(errno)).")
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
