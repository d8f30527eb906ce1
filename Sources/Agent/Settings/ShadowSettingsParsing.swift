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
        let url = try table.expanded("url")
        baseline = try table.path("baseline", folder: folder)
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
}
