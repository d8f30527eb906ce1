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

    /// A statement to be pasted: as ``visible(_:)``, but names and texts in quotes that hold such characters are written
    /// with PostgreSQL's Unicode escapes (`U&"…"`), so that they mean the same.
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

    /// Behind the quote that ends what begins here; a doubled quote is a part of it. Nil where none does.
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

    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
