import CLibPQ
import Files
import FoundationEssentials
import Glibc
import Runtime

/// A temporary PostgreSQL server from the installed programs, for shadow databases, development and tests. It trades
/// durability for speed: `fsync` is off.
///
/// Its files are in a private folder of the server's account, with mode 0700. It listens on a Unix socket in that folder
/// and trusts every connection there. The superuser is `postgres`. With `listensOnTCP` it also listens on 127.0.0.1, where
/// a role needs a password; the superuser's is random. The server stops and its folder is removed by `remove()`, when the
/// last reference is dropped, or when this process ends in any way, including SIGKILL.
public actor EmbeddedCluster {
    public struct Settings: Sendable {
        /// The server's `cluster_name`, which identifies this server to clients.
        public var clusterName: String
        /// Also listens on a free port of 127.0.0.1, where it requires a password (SCRAM). Where that is impossible, the
        /// server starts without it; see `tcpProblem`.
        public var listensOnTCP: Bool
        /// Additional server parameters, by name.
        public var parameters: [String: String]
        /// Lines for `pg_hba.conf`, inserted before the default ones.
        public var accessRules: [String]
        /// A data folder of a cluster that was never started, to copy instead of running `initdb`; see `templateFolder`.
        public var template: String?
        /// Keeps such a copy for other clusters. It is readable by the same account and removed with this cluster.
        public var keepsTemplate: Bool
        /// The parent of the private folder; nil means `TMPDIR`, or `/tmp` if the account cannot write there.
        public var parent: String?
        /// The preferred major version, used if it is installed; nil means the newest.
        public var majorVersion: Int?

        public init(
            clusterName: String = "schemad", listensOnTCP: Bool = false, parameters: [String: String] = [:],
            accessRules: [String] = [], template: String? = nil, keepsTemplate: Bool = false, parent: String? = nil,
            majorVersion: Int? = nil
        ) {
            self.clusterName = clusterName
            self.listensOnTCP = listensOnTCP
            self.parameters = parameters
            self.accessRules = accessRules
            self.template = template
            self.keepsTemplate = keepsTemplate
            self.parent = parent
            self.majorVersion = majorVersion
        }
    }

    public nonisolated let settings: Settings
    private let executor = QueueExecutor(label: "schemad.postgres.cluster")
    private var watchdog: Watchdog?
    private var server: pid_t?
    /// The private folder, which is also libpq's `host`.
    public private(set) var folder = ""
    public private(set) var port = 5432
    /// Why the server cannot be reached on 127.0.0.1 although `listensOnTCP` is set, in a clause; nil when it can.
    public private(set) var tcpProblem: String?
    /// The superuser's password on 127.0.0.1, at random. Never print it.
    public nonisolated let password = EmbeddedCluster.randomPassword()

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    public init(_ settings: Settings = Settings()) {
        self.settings = settings
    }

    /// Creates the cluster on the first call, starts the server and waits until it accepts connections. Does nothing if
    /// the server is running.
    ///
    /// - Throws: `configuration` when the server programs or a suitable account are missing, or when `initdb` or the
    ///   server fails; the message ends with the last lines of their log.
    public func start() async throws(PostgresError) {
        let programs = await ServerPrograms.installed(preferring: settings.majorVersion)
        guard let programs else {
            throw PostgresError(
                kind: .configuration, message: "PostgreSQL's initdb and postgres are not installed.",
                hint: "On Debian: apt-get install postgresql. The client package does not contain them.")
        }
        try begin(programs)
    }

    /// Stops the server with a fast shutdown, which terminates all sessions. The folder stays, and `start()` starts the
    /// server again.
    public func stop() throws(PostgresError) {
        try end("INT")
    }

    /// Stops the server with an immediate shutdown, as in a crash; the next start performs recovery.
    public func kill() throws(PostgresError) {
        try end("QUIT")
    }

    /// Stops the server and removes the folder; returns when both no longer exist.
    public func remove() {
        _ = try? watchdog?.send("remove", seconds: 60)
        watchdog = nil
        server = nil
    }

    /// The URL of a database on the private socket; also valid while the server is stopped.
    public func url(database: String = "postgres", user: String = "postgres") -> String {
        "postgresql:///\(percentEncoded(database))?host=\(percentEncoded(folder, isValue: true))&port=\(port)"
            + "&user=\(percentEncoded(user))"
    }

    /// The URL of a database on 127.0.0.1, with the password of the superuser; nil when the server does not listen there.
    ///
    /// - Parameter user: another role must have been created with the same password.
    public func urlOverTCP(database: String = "postgres", user: String = "postgres") -> String? {
        guard settings.listensOnTCP, tcpProblem == nil, watchdog != nil else { return nil }
        return "postgresql://\(percentEncoded(user)):\(password)@127.0.0.1:\(port)/\(percentEncoded(database))"
    }

    /// The URL for programs of a project: on 127.0.0.1, or on the private socket when the server does not listen there.
    public func clientURL(database: String = "postgres") -> String {
        urlOverTCP(database: database) ?? url(database: database)
    }

    /// A value for `Settings.template` of another cluster; nil unless `keepsTemplate` is set.
    public var templateFolder: String? {
        settings.keepsTemplate && watchdog != nil ? folder + "/template" : nil
    }

    /// The server's process id; nil while it is stopped.
    public var serverProcess: Int32? { server }

    /// The last lines of the log of `initdb` and the server.
    public func log(lines: Int = 20) -> String {
        let bytes = FileManager.default.contents(atPath: folder + "/log") ?? Data()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(lines).joined(separator: "\n")
    }

    // MARK: - On the executor

    private func begin(_ programs: ServerPrograms) throws(PostgresError) {
        if server != nil { return }
        if watchdog == nil { try create(programs) }
        guard let watchdog else { return }
        if settings.listensOnTCP {
            tcpProblem = try beginOnTCP(watchdog)
            if tcpProblem == nil { return }
        }
        guard try launch(watchdog, address: "") else { throw notStarted() }
    }

    /// Starts the server on a free port of 127.0.0.1, and logs in there.
    ///
    /// - Returns: why that is not possible, in a clause; then the server is stopped. nil when it runs.
    private func beginOnTCP(_ watchdog: Watchdog) throws(PostgresError) -> String? {
        var problem = ""
        // Another process may have taken the free port in the meantime; in that case try another one.
        for attempt in 1...5 {
            if attempt > 1 || port == 5432 {
                do { port = try freePort() } catch { return error.message }
            }
            guard try launch(watchdog, address: "127.0.0.1") else {
                let lines = log(lines: 8).split(separator: "\n")
                guard let line = lines.last(where: { $0.contains("could not bind") || $0.contains("TCP/IP socket") })
                else { throw notStarted() }
                problem = String(line)
                continue
            }
            do {
                try session(url()).query("ALTER ROLE postgres PASSWORD '\(password)'")
                // A firewall, or a network namespace without a loopback interface, allows listening without connecting.
                let address = "postgresql://postgres:\(password)@127.0.0.1:\(port)/postgres"
                try session(address).query("SELECT 1")
                return nil
            } catch {
                try end("INT")
                return error.message
            }
        }
        return problem
    }

    private func session(_ url: String) throws(PostgresError) -> Session {
        try Session(
            DatabaseAddress(url), SessionOptions(applicationName: "schemad cluster", connectTimeoutSeconds: 3),
            CancelSwitch())
    }

    /// Starts the server, and stops it again when it does not accept connections on its socket.
    private func launch(_ watchdog: Watchdog, address: String) throws(PostgresError) -> Bool {
        server = pid_t(try watchdog.send("start \(port) \(address)", seconds: 10))
        if waitUntilReady() { return true }
        try end("QUIT")
        return false
    }

    private func notStarted() -> PostgresError {
        PostgresError(kind: .configuration, message: "The local PostgreSQL server did not start.\n" + log(lines: 8))
    }

    /// 128 bits in characters that need no quoting.
    private static func randomPassword() -> String {
        (1...2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }

    private func create(_ programs: ServerPrograms) throws(PostgresError) {
        let account = try Account.unprivileged()
        let temporary = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        let parents = settings.parent.map { [$0] } ?? [temporary, "/tmp"]
        let arguments = serverArguments()
        for parent in parents {
            // The path of a socket has at most 107 bytes; "/schemad-pg-XXXXXXXX/.s.PGSQL.NNNNN" takes 35 of them.
            guard parent.hasPrefix("/"), parent.utf8.count <= 72, !parent.contains(where: { ",\"\n".contains($0) })
            else {
                continue
            }
            let candidate = try Watchdog(programs: programs, account: account, parent: parent, server: arguments)
            if let reply = try? candidate.readReply(seconds: 10), reply.hasPrefix("/") {
                folder = reply
                try initialize(candidate)
                watchdog = candidate
                return
            }
        }
        throw PostgresError(
            kind: .configuration,
            message:
                "The folder of the local PostgreSQL server could not be created in \(parents.joined(separator: " or ")).",
            hint: "The server's account needs write access there, and the path may have at most 72 bytes.")
    }

    private func initialize(_ watchdog: Watchdog) throws(PostgresError) {
        let command = settings.template.map { "copy \($0)" } ?? "initialize"
        guard try watchdog.send(command, seconds: 120) == "0" else {
            throw PostgresError(
                kind: .configuration, message: "The database cluster could not be created.\n" + log(lines: 8))
        }
        if settings.keepsTemplate { _ = try watchdog.send("keep", seconds: 60) }
        let rules = settings.accessRules + ["local all all trust", "host all all 127.0.0.1/32 scram-sha-256"]
        for rule in rules { _ = try watchdog.send("rule \(rule)", seconds: 10) }
    }

    private func serverArguments() -> [String] {
        var parameters = [
            "cluster_name": settings.clusterName,
            "password_encryption": "scram-sha-256",
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
            "shared_buffers": "16MB", "unix_socket_permissions": "0700",
            // Shared memory files stay in the data folder: nothing is left in /dev/shm after a crash.
            "dynamic_shared_memory_type": "mmap",
            "autovacuum_naptime": "1h", "max_wal_size": "256MB",
        ]
        parameters.merge(settings.parameters) { _, given in given }
        return parameters.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    }

    private func end(_ signal: String) throws(PostgresError) {
        guard let watchdog, server != nil else { return }
        _ = try watchdog.send("stop \(signal)", seconds: 60)
        server = nil
    }

    /// Polls the server until it accepts connections; stops early when its process has ended.
    private func waitUntilReady() -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while deadline > .now, let server, isRunning(server) {
            if unsafe PQping(url()) == PQPING_OK { return true }
            // The server sends no signal when it is ready. Sleeping is fine here, on the actor's own queue.
            usleep(5_000)
        }
        return false
    }

    /// A process that has ended remains as a zombie until the shell waits for it.
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
            throw PostgresError(
                kind: .configuration, message: "No free port on 127.0.0.1 was found: \(SystemError.text(errno)).")
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
