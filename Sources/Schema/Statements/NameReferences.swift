import Text

/// A schema and a name in it, compared by bytes.
struct QualifiedName: Hashable, Comparable {
    let schema: ExactString
    let name: ExactString

    init(_ schema: String, _ name: String) {
        self.schema = ExactString(schema)
        self.name = ExactString(name)
    }

    init(_ table: TableName) { self.init(table.schema, table.name) }

    var table: TableName { TableName(schema: schema.text, name: name.text) }

    static func < (left: QualifiedName, right: QualifiedName) -> Bool {
        left.schema == right.schema
            ? left.name.text.precedesInBytes(right.name.text) : left.schema.text.precedesInBytes(right.schema.text)
    }
}

/// The names in texts that PostgreSQL printed with an empty search path, strings within them included.
struct NameReferences {
    /// Every name, and every key word.
    private(set) var words: Set<ExactString> = []
    /// The names that follow a name and a dot.
    private(set) var qualified: Set<QualifiedName> = []

    init(_ texts: [String?] = []) { for text in texts { add(text) } }

    mutating func add(_ text: String?) {
        guard let text else { return }
        var tokens = SQLTokens(text)
        var schema: String?
        var isAfterDot = false
        while let token = tokens.next() {
            if token == "." {
                isAfterDot = true
                continue
            }
            if let content = Self.string(token) { add(content) }
            guard let name = Self.identifier(token) else {
                (schema, isAfterDot) = (nil, false)
                continue
            }
            words.insert(ExactString(name))
            if isAfterDot, let schema { qualified.insert(QualifiedName(schema, name)) }
            (schema, isAfterDot) = (name, false)
        }
    }

    func contains(_ name: String) -> Bool { words.contains(ExactString(name)) }

    /// Whether a text mentions the table and a word, which may be a column of it.
    func mention(_ table: TableName, _ word: String) -> Bool {
        contains(word) && qualified.contains(QualifiedName(table))
    }

    /// The name that a token is, unquoted; nil for anything else.
    static func identifier(_ token: String) -> String? {
        guard let first = token.utf8.first else { return nil }
        if first == UInt8(ascii: "\"") {
            guard token.utf8.count > 2 else { return nil }
            return undoubled(token, "\"")
        }
        let isName = first == UInt8(ascii: "_") || first >= 0x80 || (0x61...0x7A).contains(first | 0x20)
        guard isName, !token.hasSuffix("'") else { return nil }
        return token.utf8.contains { (0x41...0x5A).contains($0) } ? token.lowercased() : token
    }

    /// The content of a string constant; nil for another token.
    private static func string(_ token: String) -> String? {
        guard let open = token.firstIndex(of: "'"), token.hasSuffix("'"), !token.hasPrefix("\"") else { return nil }
        return undoubled(String(token[open...]), "'")
    }

    private static func undoubled(_ quoted: String, _ quote: Character) -> String {
        var result = ""
        var wasQuote = false
        for character in quoted.dropFirst().dropLast() {
            wasQuote = character == quote && !wasQuote
            if !wasQuote { result.append(character) }
        }
        return result
    }
}

extension Routine {
    /// The name without the types of the arguments.
    var bareName: String {
        var tokens = SQLTokens(signature)
        return tokens.next().flatMap(NameReferences.identifier) ?? signature
    }
}
