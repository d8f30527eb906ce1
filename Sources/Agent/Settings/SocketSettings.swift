import Glibc
import Settings

/// Where the agent listens and who may open the sockets.
public struct SocketSettings: Sendable {
    /// One socket file.
    public struct Endpoint: Sendable {
        public var path: String
        /// Permission bits, such as 0o660.
        public var mode: UInt16
        /// The group that owns the file; `nil` leaves the process's own.
        public var group: UInt32?
    }

    /// Every command, always with a token.
    public var admin: Endpoint
    /// Commands of scope read, by the peer's credentials; `nil` when not configured.
    public var query: Endpoint?

    public init(admin: Endpoint, query: Endpoint? = nil) {
        self.admin = admin
        self.query = query
    }

    init(_ root: inout SettingsTable) throws(SettingsError) {
        guard var table = try root.table("socket") else {
            admin = Endpoint(path: "/run/schemad/admin.sock", mode: 0o660, group: nil)
            query = nil
            return
        }
        admin = Endpoint(
            path: try Self.path(&table, "path") ?? "/run/schemad/admin.sock",
            mode: try Self.mode(&table, "mode"), group: try Self.group(&table, "group"))
        let queryMode = try Self.mode(&table, "query_mode")
        let queryGroup = try Self.group(&table, "query_group")
        query = try Self.path(&table, "query_path").map { Endpoint(path: $0, mode: queryMode, group: queryGroup) }
        if let query, query.path == admin.path {
            throw table.error("query_path", "must differ from socket.path")
        }
        try table.finish()
    }

    private static func path(_ table: inout SettingsTable, _ key: String) throws(SettingsError) -> String? {
        guard let path = try table.expanded(key) else { return nil }
        guard path.hasPrefix("/") else { throw table.error(key, "must be an absolute path") }
        guard path.utf8.count <= 107 else {
            throw table.error(key, "is longer than the 107 bytes that a Unix socket's path may have")
        }
        return path
    }

    private static func mode(_ table: inout SettingsTable, _ key: String) throws(SettingsError) -> UInt16 {
        guard let text = try table.expanded(key) else { return 0o660 }
        guard let mode = UInt16(text, radix: 8), mode <= 0o777 else {
            throw table.error(key, "must be permission bits in octal, such as \"0660\"")
        }
        return mode
    }

    private static func group(_ table: inout SettingsTable, _ key: String) throws(SettingsError) -> UInt32? {
        guard let name = try table.expanded(key) else { return nil }
        if let number = UInt32(name) { return number }
        guard let entry = unsafe getgrnam(name) else { throw table.error(key, "there is no group '\(name)'") }
        return unsafe entry.pointee.gr_gid
    }
}
