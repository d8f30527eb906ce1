import Settings

/// `[shadow]`: a PostgreSQL where the history is replayed and the models are created.
public struct ShadowSettings: Hashable, Sendable {
    /// Where it is.
    public enum Server: Hashable, Sendable {
        /// None: the models are compared by what they say of themselves.
        case none
        /// A throwaway cluster from the installed programs, as far as there are any.
        case embedded
        /// A server on which databases may be made and dropped; secret.
        case url(String)
    }

    public var server = Server.embedded
    /// An SQL dump that every replay starts from, for histories that do not start empty.
    public var baseline: String?

    init() {}

    /// - Parameter folder: of the settings file.
    init(_ root: inout SettingsTable, folder: String) throws(SettingsError) {
        guard var table = try root.table("shadow") else { return }
        let isEnabled = try table.boolean("enabled") ?? true
        let isEmbedded = try table.boolean("embedded")
        let url = try table.expanded("url")
        baseline = try table.path("baseline", folder: folder)
        if url != nil, isEmbedded == true { throw table.error("embedded", "cannot be true beside url") }
        if !isEnabled {
            server = .none
        } else if let url {
            server = .url(url)
        } else if isEmbedded == false {
            server = .none
        }
        try table.finish()
    }
}
