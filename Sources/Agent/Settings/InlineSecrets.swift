import Settings

extension AgentSettings {
    /// The settings whose text in the file contains a secret: a password in an address (`url`, `read_url`,
    /// `shadow.url`), a secret variable (`environment`), or one in an argument (`x`).
    ///
    /// - Parameters:
    ///   - root: the document.
    ///   - message: of the errors.
    /// - Returns: an error that names the first; nil when there is none.
    /// - Throws: as reading the settings does.
    static func inlineSecret(in root: SettingsTable, _ message: String) throws(SettingsError) -> SettingsError? {
        // A copy: what is read here does not count as known.
        var root = root
        if var shadow = try root.table("shadow"), let url = try shadow.string("url"), InlineSecret.isInAddress(url) {
            return shadow.error("url", message)
        }
        guard var databases = try root.table("databases") else { return nil }
        for name in databases.keys {
            guard var table = try databases.table(name) else { continue }
            for key in ["url", "read_url"] {
                if let url = try table.string(key), InlineSecret.isInAddress(url) { return table.error(key, message) }
            }
            if try table.strings("x")?.contains(where: InlineSecret.isInArgument) ?? false {
                return table.error("x", message)
            }
            guard var variables = try table.table("environment") else { continue }
            for key in variables.keys {
                if let value = try variables.string(key), InlineSecret.isInVariable(key, value) {
                    return variables.error(key, message)
                }
            }
        }
        return nil
    }
}
