/// Text from a database, a file or a process, made fit for a terminal.
public enum TerminalText {
    /// The text with everything that a terminal would obey or hide shown as `\u{…}`.
    ///
    /// That is: control characters (C0, DEL, C1, line ends among them), the line and paragraph separators, and format
    /// characters, which turn the direction of text or have no width.
    public static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isHidden(scalar) {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// ``visible(_:)`` between single quotes, so that spaces at the ends show; `NULL` for nil.
    public static func row(_ value: String?) -> String {
        value.map { "'" + visible($0) + "'" } ?? "NULL"
    }

    /// Up to `limit` names, then how many more there are.
    public static func list(_ names: some Collection<String>, limit: Int = 5) -> String {
        let shown = names.prefix(limit).map(visible).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }

    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
