/// The type of a column, parsed into name, modifiers and array marker.
struct ColumnType: Hashable, Sendable {
    /// Which type, without modifiers.
    enum Base: Hashable, Sendable {
        /// One of PostgreSQL's own, as `format_type` names it: `character varying`, `timestamp with time zone`.
        case builtIn(String)
        /// Any other type, by its unquoted names; the schema is nil where it was not given.
        case user(schema: String?, name: String)
    }

    var base: Base
    /// The values in parentheses, without white space around them: a length, or a precision and scale.
    var modifiers: [String]
    var isArray: Bool

    init(_ base: Base, modifiers: [String] = [], isArray: Bool = false) {
        self.base = base
        self.modifiers = modifiers
        self.isArray = isArray
    }

    /// Parses what `format_type` returns with `search_path = pg_catalog`: built-in types have no schema, others have
    /// one.
    init(formatted text: String) {
        var spelling = TypeSpelling(text)
        spelling.takeArray()
        modifiers = spelling.takeModifiers() ?? []
        isArray = spelling.isArray
        switch spelling.identifiers {
        case .path(let names) where names.count == 2: base = .user(schema: names[0], name: names[1])
        default: base = .builtIn(spelling.words)
        }
    }
}

/// The text of a type while it is parsed. Parentheses and dots in quoted names are part of the names.
struct TypeSpelling {
    enum Identifiers {
        /// One or two names.
        case path([String])
        /// Several words, or characters that no unquoted name has.
        case other
    }

    /// What has not been parsed yet.
    private(set) var words: String
    private(set) var isArray = false

    init(_ text: String) { words = Self.trimmed(text[...]) }

    /// Removes `[]`, `[3]` and repetitions of them from the end; PostgreSQL does not keep an array's dimensions.
    mutating func takeArray() {
        while words.utf8.last == UInt8(ascii: "]"), let open = words.lastIndex(of: "[") {
            isArray = true
            words = Self.trimmed(words[..<open])
        }
    }

    /// Removes the first `(…)` outside quotes and returns its content, split at the commas; nil where there is none.
    mutating func takeModifiers() -> [String]? {
        var isQuoted = false
        var open: String.Index?
        let scalars = words.unicodeScalars
        for index in scalars.indices {
            switch scalars[index] {
            case "\"": isQuoted.toggle()
            case "(" where !isQuoted && open == nil: open = index
            case ")" where !isQuoted:
                guard let open else { return nil }
                let inside = scalars[scalars.index(after: open)..<index]
                let rest = String(scalars[scalars.index(after: index)...])
                words = Self.trimmed((Self.trimmed(words[..<open]) + rest)[...])
                return inside.split(separator: ",", omittingEmptySubsequences: false)
                    .map { Self.trimmed(Substring($0)) }
            default: break
            }
        }
        return nil
    }

    /// Removes ` COLLATE …` from the end.
    mutating func takeCollation() {
        guard let range = words.range(ofASCII: " collate ") else { return }
        words = Self.trimmed(words[..<range])
    }

    /// The names; unquoted ones are folded to lower case.
    var identifiers: Identifiers {
        var names: [String] = []
        var name = ""
        var isQuoted = false
        var wasQuoted = false
        var previous: Unicode.Scalar?
        for scalar in words.unicodeScalars {
            switch scalar {
            case "\"":
                // A doubled quote inside quotes is one quote.
                if !isQuoted && previous == "\"" && wasQuoted { name.unicodeScalars.append(scalar) }
                isQuoted.toggle()
                wasQuoted = true
            case "." where !isQuoted:
                names.append(name)
                name = ""
                wasQuoted = false
            case "A"..."Z" where !isQuoted:
                name.unicodeScalars.append(Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value | 0x20)))
            case _ where isQuoted || Self.isPlain(scalar): name.unicodeScalars.append(scalar)
            default: return .other
            }
            previous = scalar
        }
        names.append(name)
        return names.count <= 2 && names.allSatisfy { !$0.isEmpty } && !isQuoted ? .path(names) : .other
    }

    /// Whether the character may be part of an unquoted name.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "0"..."9", "_", "$": true
        default: !scalar.isASCII
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}

extension String {
    /// The start of an ASCII text, given in lower case and found in any case; nil where it does not occur.
    fileprivate func range(ofASCII needle: String) -> String.Index? {
        let wanted = Array(needle.utf8)
        let bytes = Array(utf8)
        guard bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count) {
            let matches = wanted.indices.allSatisfy { offset in
                let byte = bytes[start + offset]
                return ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) == wanted[offset]
            }
            if matches { return utf8.index(utf8.startIndex, offsetBy: start) }
        }
        return nil
    }
}
