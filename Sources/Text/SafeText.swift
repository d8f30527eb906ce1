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

    /// ``visible(_:)`` in single quotes, so that spaces at the ends are visible; `NULL` for nil.
    public static func row(_ value: String?) -> String {
        value.map { "'" + visible($0) + "'" } ?? "NULL"
    }

    /// Up to `limit` names, then the number of the others.
    public static func list(_ names: some Collection<String>, limit: Int = 5) -> String {
        let shown = names.prefix(limit).map(visible).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }

    /// A statement that users paste: as ``visible(_:)``, but quoted names and strings with such characters are written
    /// with PostgreSQL's Unicode escapes (`U&"…"`), so that the statement keeps its meaning.
    public static func sql(_ statement: String) -> String {
        guard statement.unicodeScalars.contains(where: isHidden) else { return statement }
        var result = ""
        var rest = statement.unicodeScalars[...]
        while let first = rest.first {
            guard first == "\"" || first == "'", let end = endOfQuoted(rest) else {
                result += visible(String(first))
                rest.removeFirst()
                continue
            }
            result += escaped(rest[..<end])
            rest = rest[end...]
        }
        return result
    }

    /// The position after the closing quote of the text that starts here; a doubled quote is part of the text. Nil if it
    /// is not closed.
    private static func endOfQuoted(_ text: Substring.UnicodeScalarView) -> String.Index? {
        guard let quote = text.first else { return nil }
        var index = text.index(after: text.startIndex)
        while index < text.endIndex {
            let next = text.index(after: index)
            if text[index] == quote {
                guard next < text.endIndex, text[next] == quote else { return next }
                index = text.index(after: next)
            } else {
                index = next
            }
        }
        return nil
    }

    private static func escaped(_ quoted: Substring.UnicodeScalarView) -> String {
        guard quoted.contains(where: isHidden) else { return String(quoted) }
        var result = "U&"
        for scalar in quoted {
            if isHidden(scalar) {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let isLong = digits.utf8.count > 4
                result += isLong ? "\\+" : "\\"
                result += String(repeating: "0", count: (isLong ? 6 : 4) - digits.utf8.count) + digits
            } else {
                result += scalar == "\\" ? "\\\\" : String(scalar)
            }
        }
        return result
    }

    package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
