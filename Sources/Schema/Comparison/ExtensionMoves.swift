import Text

/// Extensions that are installed in different schemas on the two sides, for example by a hosting provider.
///
/// Their functions, types and operator classes then have other qualified names in every definition that uses them.
struct ExtensionMoves {
    /// The expected schema for each actual one, both quoted for SQL.
    private let schemas: [String: String]

    init(expected: [Extension], actual: [Extension]) {
        var schemas: [String: String] = [:]
        for value in actual {
            let other = expected.first { $0.name.hasSameBytes(as: value.name) }
            guard let other, !other.schema.hasSameBytes(as: value.schema) else { continue }
            schemas[SQLIdentifier.quoted(value.schema)] = SQLIdentifier.quoted(other.schema)
        }
        self.schemas = schemas
    }

    var isEmpty: Bool { schemas.isEmpty }

    /// A text of the actual side with the schemas of the expected side; only for comparing.
    func moved(_ text: String) -> String { rewritten(text) { schemas[$0] ?? $0 } }

    /// A text of the expected side in the form that ``moved(_:)`` produces.
    func unmoved(_ text: String) -> String { rewritten(text) { $0 } }

    private func rewritten(_ text: String, _ schema: (String) -> String) -> String {
        guard !isEmpty else { return text }
        var tokens = SQLTokens(text)
        var words: [String] = []
        while let token = tokens.next() {
            if token == ".", let last = words.popLast() { words.append(schema(last)) }
            words.append(token)
        }
        return words.joined(separator: "\u{0}")
    }
}
