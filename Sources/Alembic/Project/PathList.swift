import Text

/// Splits settings that hold several paths, as Alembic does.
enum PathList {
    /// The character that a `path_separator` names; nil for a name that Alembic does not know.
    static func separator(_ name: String) -> Unicode.Scalar? {
        // Bytes are compared: for Swift's `==`, the Greek question mark equals a semicolon.
        let known: [(name: String, character: Unicode.Scalar)] = [
            ("space", " "), ("newline", "\n"), ("os", ":"), (":", ":"), (";", ";"),
        ]
        return known.first { $0.name.hasSameBytes(as: name) }?.character
    }

    /// Splits at a `path_separator`. Empty parts are dropped; parts of white space mean the project's folder.
    static func split(_ text: String, at separator: Unicode.Scalar) -> [String] {
        text.unicodeScalars.split(separator: separator).map { String($0).trimmedOfWhitespace }
    }

    /// Splits a setting without a `path_separator`: at the regular expressions `, *` and ` +`, and at `:` if
    /// `splitsAtColons`. Empty parts are kept; they mean the project's folder.
    static func splitLegacy(_ text: String, splitsAtColons: Bool) -> [String] {
        var parts: [String] = []
        var rest = text.unicodeScalars[...]
        while let end = rest.firstIndex(where: { $0 == "," || $0 == " " || splitsAtColons && $0 == ":" }) {
            parts.append(String(rest[..<end]))
            let isColon = rest[end] == ":"
            rest = rest[end...].dropFirst()
            if !isColon { rest = rest.drop { $0 == " " } }
        }
        return parts + [String(rest)]
    }
}
