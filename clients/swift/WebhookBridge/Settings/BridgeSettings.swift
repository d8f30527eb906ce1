import Files
import Settings

/// The bridge's settings file, validated, with defaults for what it leaves out.
struct BridgeSettings: Sendable {
    /// The host or address to listen on.
    var host: String
    /// The port to listen on; 0 lets the system choose.
    var port: Int
    /// The agent's socket for mutations.
    var socket: String
    /// The bridge's own key, with the scopes `migrate` and `read`.
    var keyFile: String
    /// The user that the agent may run as, in addition to root and the bridge's own user.
    var agentUser: String
    /// The longest body, in bytes. GitHub sends up to 25 MiB.
    var maxBody: Int
    var routes: [Route]

    /// Reads the file at `path` and the secret files that it names.
    ///
    /// - Throws: `SettingsError` naming file, line and key. Also when a file with a secret may be read or written by
    ///   other users.
    static func read(path: String) throws(SettingsError) -> BridgeSettings {
        let file = try TextFile(path)
        let settings = try BridgeSettings(text: file.text, file: path)
        if let exposure = file.exposure {
            var root = try SettingsDocument(text: file.text, file: path).root
            for var route in try root.tables("route") ?? [] where try route.strings("secrets")?.isEmpty == false {
                throw route.error(
                    "secrets",
                    "are in a settings file that is not private: \(exposure); or write them into a secret_file")
            }
        }
        return settings
    }

    /// Reads `text`, which came from `file`.
    init(text: String, file: String) throws(SettingsError) {
        var root = try SettingsDocument(text: text, file: file).root
        (host, port) = try Self.address(&root)
        let folder = FileSystem.folder(of: file)
        guard let socket = try root.path("socket", folder: folder) else {
            throw root.missing("socket", "the agent's socket, such as \"/run/schemad/admin.sock\"")
        }
        guard let keyFile = try root.path("key_file", folder: folder) else {
            throw root.missing("key_file", "the file with the bridge's own key")
        }
        self.socket = socket
        self.keyFile = keyFile
        agentUser = try root.expanded("agent_user") ?? "schemad"
        maxBody = try root.integer("max_body", in: 1024...1_073_741_824) ?? 26_214_400

        routes = []
        guard let tables = try root.tables("route"), !tables.isEmpty else {
            throw root.missing("route", "at least one [[route]]")
        }
        for var table in tables {
            let route = try Route(&table, folder: folder)
            guard !routes.contains(where: { $0.path == route.path }) else {
                throw table.error("path", "is the path of another route")
            }
            routes.append(route)
        }
        try root.finish()
    }

    /// Parses `host:port`, with an IPv6 address in brackets.
    private static func address(_ root: inout SettingsTable) throws(SettingsError) -> (String, Int) {
        let text = try root.expanded("listen") ?? "127.0.0.1:8787"
        let error = root.error(
            "listen", "must be an address and a port, such as \"127.0.0.1:8787\" or \"[::1]:8787\"")
        guard let colon = text.lastIndex(of: ":") else { throw error }
        guard let port = UInt16(text[text.index(after: colon)...]) else { throw error }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw error
        }
        guard !host.isEmpty else { throw error }
        return (String(host), Int(port))
    }
}
