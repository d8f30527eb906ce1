/// Extensions that are in one schema on the expected side and in another on the actual one, as where a provider installs
/// them: their functions, types and operator classes then have another name in every definition that uses them.
struct ExtensionMoves {
    /// From the actual schema to the expected one, both as SQL takes them.
    private let schemas: [String: String]

    init(expected: [Extension], actual: [Extension]) {
        var schemas: [String: String] = [:]
        for value in actual {
            let other = expected.first { $0.name.isIdentical(to: value.name) }
            guard let other, !other.schema.isIdentical(to: value.schema) else { continue }
            schemas[SQLIdentifier.quoted(value.schema)] = SQLIdentifier.quoted(other.schema)
        }
        self.schemas = schemas
    }

    var isEmpty: Bool { schemas.isEmpty }

    /// A text of the actual side with the expected side's schemas in it, for comparing only.
    func moved(_ text: String) -> String { rewritten(text) { schemas[$0] ?? $0 } }

    /// A text of the expected side, as ``moved(_:)`` would leave it.
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
