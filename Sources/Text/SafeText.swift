/// Makes text from a database, a file or a process safe for a terminal.
public enum SafeText {
    /// The text with every character that controls a terminal or is invisible written as `\u{…}`.
    ///
    /// These are control characters (C0 with line ends, DEL, C1), line and paragraph separators, and format characters,
    /// which change the direction of text or have no width.
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

    /// The lines of a message or of a definition, each as ``visible(_:)`` shows it and without white space at its end; empty
    /// lines at the beginning and the end are left out. A line ends with LF, CR LF or CR.
    public static func lines(_ text: String) -> [String] {
        let lines = text.split(omittingEmptySubsequences: false) { ["\n", "\r\n", "\r"].contains($0) }
            .map { visible(String($0.reversed().drop { $0 == " " || $0 == "\t" }.reversed())) }
        guard let first = lines.firstIndex(where: { !$0.isEmpty }), let last = lines.lastIndex(where: { !$0.isEmpty })
        else { return [] }
        return Array(lines[first...last])
    }

    /// ``lines(_:)`` as one text.
    public static func paragraph(_ text: String) -> String { lines(text).joined(separator: "\n") }

    /// A message in one line: its lines without their indentation, separated by spaces.
    public static func oneLine(_ text: String) -> String {
        lines(text).map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// ``visible(_:)`` in single quotes, so that spaces at the ends are visible; `NULL` for nil.
    public static func row(_ value: String?) -> String {
        value.map { "'" + visible($0) + "'" } ?? "NULL"
    }

    /// Up to `limit` names, then the number of the others.
    public static func list(_ names: some Collection<String>, limit: Int = 5) -> String {
        let shown = names.prefix(limit).map(visible).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }

    /// A statement that users paste, on one line: a line end between words becomes a space, quoted names with hidden
    /// characters are written with Unicode escapes (`U&"…"`), and strings with them, dollar-quoted ones too, with
    /// escapes (`E'…'`), so that the statement keeps its meaning. A comment (`#`, `--`) is as in ``oneLine(_:)``.
    public static func sql(_ statement: String) -> String {
        guard statement.unicodeScalars.contains(where: isHidden) else { return statement }
        if statement.hasPrefix("#") || statement.hasPrefix("--") { return oneLine(statement) }
        return SafeStatement(statement).text
    }

    package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
