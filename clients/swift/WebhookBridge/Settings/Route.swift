import Settings
import Wire

/// One path that hooks post to: how the sender proves itself, and what the agent does for it.
struct Route: Sendable {
    /// How a sender proves that it knows the secret.
    enum Scheme: String, CaseIterable, Sendable {
        /// The secret itself in the header `X-Migration-Token`.
        case token
        /// `X-Hub-Signature-256`: HMAC-SHA-256 over the unchanged body, as GitHub and Gitea send it.
        case github
    }

    var path: String
    var scheme: Scheme
    var secrets: Secrets
    var database: String
    /// The GitHub events that are accepted; nil for all.
    var events: [String]?
    /// The branches whose pushes are accepted; nil for all.
    var branches: [String]?
    /// How long an equal body is a repetition, where the sender gives no delivery id.
    var repeatWindow: Duration
    /// How long a job may wait for another run to end before it is cancelled.
    var deadline: Duration

    /// Reads one `[[route]]`; relative paths in it are relative to `folder`.
    init(_ table: inout SettingsTable, folder: String) throws(SettingsError) {
        guard let path = try table.string("path") else {
            throw table.missing("path", "the path that the hook posts to, such as \"/hooks/github\"")
        }
        guard Self.isPath(path) else {
            throw table.error("path", "must begin with / and contain only letters, digits and - . _ ~ /")
        }
        guard !BridgePath.isOwn(path) else {
            throw table.error("path", "is reserved: /livez, /readyz and /v1/ belong to the bridge itself")
        }
        self.path = path

        let schemes = Scheme.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
        guard let name = try table.string("scheme") else { throw table.missing("scheme", "\(schemes)") }
        guard let scheme = Scheme(rawValue: name) else { throw table.error("scheme", "must be \(schemes)") }
        self.scheme = scheme

        secrets = try Self.secrets(&table, folder: folder)

        guard let command = try table.string("command") else { throw table.missing("command", "\"\(Migrate.name)\"") }
        guard command == Migrate.name else {
            throw table.error("command", "must be \"\(Migrate.name)\", the only command that a hook may run")
        }
        guard let database = try table.string("database"), !database.isEmpty else {
            throw table.missing("database", "the agent's name for the database, such as \"main\"")
        }
        self.database = database

        events = try table.strings("events")
        branches = try table.strings("branches")
        for (key, filter) in [("events", events), ("branches", branches)] where filter != nil {
            guard scheme == .github else { throw table.error(key, "is valid for scheme \"github\" only") }
            guard filter != [] else { throw table.error(key, "is empty: no delivery would ever be accepted") }
        }
        let repeatSeconds = try table.integer("repeat_seconds", in: 0...86_400)
        guard repeatSeconds == nil || scheme == .token else {
            throw table.error("repeat_seconds", "is valid for scheme \"token\" only")
        }
        repeatWindow = .seconds(repeatSeconds ?? 60)
        deadline = .seconds(try table.integer("deadline_seconds", in: 1...86_400) ?? 900)
        try table.finish()
    }

    /// The secrets from `secret_file`, one per line, and from `secrets`.
    private static func secrets(_ table: inout SettingsTable, folder: String) throws(SettingsError) -> Secrets {
        var texts = try table.strings("secrets") ?? []
        var key = "secrets"
        if let path = try table.path("secret_file", folder: folder) {
            key = "secret_file"
            let text: String
            do {
                text = try TextFile.readSecret(path)
            } catch {
                throw table.error(key, error.description)
            }
            texts += text.split(whereSeparator: \.isNewline).map(String.init)
        }
        guard !texts.isEmpty else {
            throw table.missing("secret_file", "a file with the secret, or several, one per line")
        }
        guard let secrets = Secrets(texts) else {
            throw table.error(key, "each secret must have at least \(Secrets.minimumLength) bytes")
        }
        return secrets
    }

    private static func isPath(_ path: String) -> Bool {
        path.count > 1
            && path.utf8.first == UInt8(ascii: "/")
            && path.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._~/".utf8.contains($0)
                }
            }
    }
}
