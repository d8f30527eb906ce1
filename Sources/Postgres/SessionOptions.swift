/// The settings of a session, applied right after it is opened.
public struct SessionOptions: Sendable {
    /// Shown in `pg_stat_activity`; the server truncates it to 63 bytes.
    public var applicationName: String
    /// Per host of the address; at least 1.
    public var connectTimeoutSeconds: Int
    /// Milliseconds; 0 means no limit.
    public var statementTimeoutMs: Int
    /// Milliseconds; 0 means no limit.
    public var lockTimeoutMs: Int
    /// Every transaction of the session is READ ONLY.
    public var readOnly: Bool
    /// The value of `search_path`, written as after `SET search_path =`; nil keeps the role's own.
    public var searchPath: String?
    /// The role to switch to; nil keeps the login role.
    public var role: String?
    /// The session holds a lock: it survives long idle periods (`idle_session_timeout` is switched off), and the server
    /// ends it soon after this process or its host is gone (keepalives, `client_connection_check_interval`).
    public var keepsSession: Bool
    /// The session runs the same statements many times: their first plans are kept, regardless of their parameters.
    public var keepsPlans: Bool
    /// Receives the server's notices and warnings; nil discards them.
    public var notice: (@Sendable (String) -> Void)?

    public init(
        applicationName: String, connectTimeoutSeconds: Int = 5, statementTimeoutMs: Int = 0, lockTimeoutMs: Int = 0,
        readOnly: Bool = false, searchPath: String? = nil, role: String? = nil, keepsSession: Bool = false,
        keepsPlans: Bool = false, notice: (@Sendable (String) -> Void)? = nil
    ) {
        self.applicationName = applicationName
        self.connectTimeoutSeconds = max(1, connectTimeoutSeconds)
        self.statementTimeoutMs = statementTimeoutMs
        self.lockTimeoutMs = lockTimeoutMs
        self.readOnly = readOnly
        self.searchPath = searchPath
        self.role = role
        self.keepsSession = keepsSession
        self.keepsPlans = keepsPlans
        self.notice = notice
    }

    /// Options for a read-only session with short timeouts and only `pg_catalog` in its `search_path`.
    public static func read(applicationName: String, role: String? = nil) -> SessionOptions {
        SessionOptions(
            applicationName: applicationName, statementTimeoutMs: 5_000, lockTimeoutMs: 500, readOnly: true,
            searchPath: "pg_catalog", role: role)
    }

    /// The settings to pin, as names and values for `set_config`, for a server of this version (150004 = 15.4).
    func pins(serverVersion: Int) -> [(name: String, value: String)] {
        var pins = [
            ("statement_timeout", "\(statementTimeoutMs)"), ("lock_timeout", "\(lockTimeoutMs)"),
            ("default_transaction_read_only", readOnly ? "on" : "off"),
        ]
        if keepsSession {
            // Without effect on a Unix-domain socket, which needs none.
            pins += [("tcp_keepalives_idle", "15"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3")]
            if serverVersion >= 140_000 {
                pins += [("idle_session_timeout", "0"), ("client_connection_check_interval", "5s")]
            }
        }
        if keepsPlans { pins.append(("plan_cache_mode", "force_generic_plan")) }
        if let searchPath { pins.append(("search_path", searchPath)) }
        // Last, because a role that is not a superuser might not be allowed to set some of the above.
        if let role { pins.append(("role", role)) }
        return pins
    }
}
