import Files
package import Inspection
public import Settings

/// The settings in `schemad.toml`, validated, with defaults.
public struct AgentSettings: Sendable {
    /// The agent's name, for which tokens are created.
    public var audience: String
    public var socket: SocketSettings
    /// The file of the clients' keys.
    public var keyFile: String
    /// Where the journal and the caches live.
    public var stateDirectory: String
    public var limits: Limits
    package var shadow: ShadowSettings
    /// The databases in the order of their names.
    package var databases: [DatabaseSettings]

    /// Limits on connections and requests.
    public struct Limits: Sendable {
        /// Open connections in total.
        public var connections = 256
        /// Open connections of one user.
        public var connectionsPerUser = 64
        /// Requests of one connection without a response.
        public var inFlight = 8
        /// Seconds from a frame's first byte to its last.
        public var frameSeconds = 5
        /// Seconds a connection may stay open with no request.
        public var idleSeconds = 60
    }

    /// Reads the settings file at `path`.
    ///
    /// - Throws: ``SettingsError`` naming file, line and key. Also when the file itself contains a secret and other users
    ///   may read or write it.
    public static func read(path: String) throws(SettingsError) -> AgentSettings {
        let file = try TextFile(path)
        var root = try SettingsDocument(text: file.text, file: path).root
        let settings = try AgentSettings(&root, folder: FileSystem.folder(of: path))
        try root.finish()
        if let exposure = file.exposure {
            let message =
                "contains a secret, but the settings file is not private: \(exposure); or write ${NAME} for a variable "
                + "of the agent's environment, or for a database's address url_file"
            if let error = try inlineSecret(in: root, message) { throw error }
        }
        return settings
    }

    private init(_ root: inout SettingsTable, folder: String) throws(SettingsError) {
        guard let audience = try root.expanded("audience") else {
            throw root.missing("audience", "the agent's name, for which tokens are created, such as \"orders-db\"")
        }
        guard (1...64).contains(audience.utf8.count),
            audience.utf8.allSatisfy({ "abcdefghijklmnopqrstuvwxyz0123456789._-".utf8.contains($0) })
        else { throw root.error("audience", "must be 1 to 64 of a-z, 0-9, '.', '_' and '-'") }
        self.audience = audience

        socket = try SocketSettings(&root)
        var keys = try root.table("keys")
        keyFile = try keys?.path("file", folder: folder) ?? "/etc/schemad/keys.toml"
        try keys?.finish()
        var state = try root.table("state")
        stateDirectory = try state?.path("directory", folder: folder) ?? "/var/lib/schemad"
        try state?.finish()
        limits = try Limits(&root)
        shadow = try ShadowSettings(&root, folder: folder)

        databases = []
        guard var tables = try root.table("databases"), !tables.keys.isEmpty else {
            throw root.missing("databases", "at least one [databases.NAME]")
        }
        for name in tables.keys {
            guard var table = try tables.table(name) else { continue }
            databases.append(try DatabaseSettings(name: name, &table, folder: folder))
            try table.finish()
        }
    }
}

extension AgentSettings.Limits {
    fileprivate init(_ root: inout SettingsTable) throws(SettingsError) {
        self.init()
        guard var table = try root.table("limits") else { return }
        connections = try table.integer("connections", in: 1...65_536) ?? connections
        connectionsPerUser = try table.integer("connections_per_uid", in: 1...65_536) ?? connectionsPerUser
        inFlight = try table.integer("in_flight", in: 1...1024) ?? inFlight
        frameSeconds = try table.integer("frame_seconds", in: 1...600) ?? frameSeconds
        idleSeconds = try table.integer("idle_seconds", in: 1...86_400) ?? idleSeconds
        try table.finish()
    }
}
