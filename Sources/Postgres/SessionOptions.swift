/// How a session is set up right after it was opened.
public struct SessionOptions: Sendable {
    /// Shown in `pg_stat_activity`; the server cuts it at 63 bytes.
    public var applicationName: String
    /// For each host of the address; at least 1.
    public var connectTimeoutSeconds: Int
    /// Milliseconds; 0 means without limit.
    public var statementTimeoutMs: Int
    /// Milliseconds; 0 means without limit.
    public var lockTimeoutMs: Int
    /// Every transaction of the session is READ ONLY.
    public var readOnly: Bool
    /// The value of `search_path` as it stands behind `SET search_path =`; nil leaves the role's own.
    public var searchPath: String?
    /// The role that the session acts as; nil leaves the one that logged in.
    public var role: String?
    /// The session has to outlive long silence (a lock hangs on it): `idle_session_timeout` is switched off.
    public var keepsSession: Bool
    /// Gets what the server says beside its answers; without it such notices are dropped.
    public var notice: (@Sendable (String) -> Void)?

    public init(
        applicationName: String, connectTimeoutSeconds: Int = 5, statementTimeoutMs: Int = 0, lockTimeoutMs: Int = 0,
        readOnly: Bool = false, searchPath: String? = nil, role: String? = nil, keepsSession: Bool = false,
        notice: (@Sendable (String) -> Void)? = nil
    ) {
        self.applicationName = applicationName
        self.connectTimeoutSeconds = max(1, connectTimeoutSeconds)
        self.statementTimeoutMs = statementTimeoutMs
        self.lockTimeoutMs = lockTimeoutMs
        self.readOnly = readOnly
        self.searchPath = searchPath
        self.role = role
        self.keepsSession = keepsSession
        self.notice = notice
    }

    /// A session that only looks: read-only, short timeouts, and names resolved in `pg_catalog` alone.
    public static func read(applicationName: String, role: String? = nil) -> SessionOptions {
        SessionOptions(
            applicationName: applicationName, statementTimeoutMs: 5_000, lockTimeoutMs: 500, readOnly: true,
            searchPath: "pg_catalog", role: role)
    }

    /// What is pinned, as names and values for `set_config`, for a server of this version (150004 = 15.4).
    func pins(serverVersion: Int) -> [(name: String, value: String)] {
        var pins = [
            ("statement_timeout", "\(statementTimeoutMs)"), ("lock_timeout", "\(lockTimeoutMs)"),
            ("default_transaction_read_only", readOnly ? "on" : "off"),
        ]
        if keepsSession, serverVersion >= 140_000 { pins.append(("idle_session_timeout", "0")) }
        if let searchPath { pins.append(("search_path", searchPath)) }
        // Last: a role that is not superuser may be refused some of the above only if they came later.
        if let role { pins.append(("role", role)) }
        return pins
    }
}
