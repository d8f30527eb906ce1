import Settings

/// One `[[databases.NAME.probes]]`: two queries of the application that have to agree.
public struct ProbeSettings: Hashable, Sendable {
    public var name: String
    /// Gives one row with one whole number.
    public var count: String
    /// Gives rows wherever the count is positive.
    public var rows: String

    init(_ table: inout SettingsTable) throws(SettingsError) {
        func value(_ key: String) throws(SettingsError) -> String {
            guard let text = try table.string(key), text.contains(where: { !$0.isWhitespace }) else {
                throw table.missing(key, "a probe has a name, a count and rows")
            }
            return text
        }
        name = try value("name")
        count = try value("count")
        rows = try value("rows")
        try table.finish()
    }
}
