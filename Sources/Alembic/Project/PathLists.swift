import Revisions

/// How Alembic splits lists of paths.
enum PathLists {
    /// The character that a `path_separator` names; nil for a name that Alembic does not know.
    static func separator(_ name: String) -> Unicode.Scalar? {
        // Equal bytes: Swift also takes the Greek question mark for a semicolon.
        let known: [(name: String, character: Unicode.Scalar)] = [
            ("space", " "), ("newline", "\n"), ("os", ":"), (":", ":"), (";", ";"),
        ]
        return known.first { $0.name.utf8.elementsEqual(name.utf8) }?.character
    }

    /// Splits at a `path_separator`. Empty parts do not count; those of white space mean the project's folder.
    static func split(_ text: String, at separator: Unicode.Scalar) -> [String] {
        text.unicodeScalars.split(separator: separator).map { String($0).trimmedOfWhitespace }
    }

    /// Splits where no `path_separator` is set: at `, *` and ` +`, and at `:` where told. Empty parts stay: they mean
    /// the project's folder.
    static func legacy(_ text: String, splitsAtColons: Bool) -> [String] {
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
