/// The type of a column, taken apart.
struct ColumnType: Hashable, Sendable {
    /// Which type, without modifiers.
    enum Base: Hashable, Sendable {
        /// One of PostgreSQL's own, as `format_type` names it: `character varying`, `timestamp with time zone`.
        case builtIn(String)
        /// Anybody else's, by its bare names; the schema is nil where it was not said.
        case user(schema: String?, name: String)
    }

    var base: Base
    /// Within the brackets, each without white space around it: a length, a precision and scale.
    var modifiers: [String]
    var isArray: Bool

    init(_ base: Base, modifiers: [String] = [], isArray: Bool = false) {
        self.base = base
        self.modifiers = modifiers
        self.isArray = isArray
    }

    /// From what `format_type` gives with `search_path = pg_catalog`: built-in types have no schema, others have one.
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

/// The text of a type while it is taken apart. Quoted names keep their brackets and dots.
struct TypeSpelling {
    enum Identifiers {
        /// One or two names.
        case path([String])
        /// Several words, or signs that no name has.
        case other
    }

    /// What is left of it.
    private(set) var words: String
    private(set) var isArray = false

    init(_ text: String) { words = Self.trimmed(text[...]) }

    /// Removes `[]`, `[3]` and their repetitions from the end; an array's dimensions are not kept by PostgreSQL.
    mutating func takeArray() {
        while words.utf8.last == UInt8(ascii: "]"), let open = words.lastIndex(of: "[") {
            isArray = true
            words = Self.trimmed(words[..<open])
        }
    }

    /// Removes the first `(…)` outside of quotes and gives what stood in it, split at the commas; nil when there is
    /// none.
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

    /// The names, folded to lower case where they are not quoted.
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

    /// Whether an unquoted name may hold it.
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
    /// Where an ASCII text, given in lower case, starts, whatever its case here; nil when it does not occur.
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
