import Inspection
import Settings

/// `[shadow]`.
extension ShadowSettings {
    /// - Parameter folder: of the settings file.
    init(_ root: inout SettingsTable, folder: String) throws(SettingsError) {
        self.init()
        guard var table = try root.table("shadow") else { return }
        let isEnabled = try table.boolean("enabled") ?? true
        let isEmbedded = try table.boolean("embedded")
        let url = try Self.url(&table, folder: folder)
        baseline = try table.path("baseline", folder: folder)
        replayDeadline = try table.deadline("replay_deadline") ?? replayDeadline
        if url != nil, isEmbedded == true { throw table.error("embedded", "cannot be true together with url") }
        if !isEnabled {
            server = .none
        } else if let url {
            server = .url(url)
        } else if isEmbedded == false {
            server = .none
        }
        try table.finish()
    }

    private static func url(_ table: inout SettingsTable, folder: String) throws(SettingsError) -> String? {
        let url = try table.expanded("url")
        guard let file = try table.path("url_file", folder: folder) else { return url }
        guard url == nil else { throw table.error("url_file", "cannot be combined with url") }
        return try TextFile.secret(file)
    }
}
