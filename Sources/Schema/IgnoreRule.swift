/// What somebody does not want to hear of: `table:audit_*`, `index:public.ix_*`, `column:users.legacy_*`, `*:other.*`.
///
/// A rule is a kind and a pattern. The pattern has the bare names of the displayed object, with dots between them; the
/// schema may stand in front and means the default one where it is left out. `*` stands for any characters of a name,
/// `?` for one; a name in double quotes is taken as it is. A rule on a table covers everything in it.
public struct IgnoreRule: Hashable, Sendable {
    /// What a rule may be about.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Everything with that name, whatever it is.
        case any = "*"
        /// Everything in it.
        case schema
        case table, view, column, constraint, index, trigger, policy, sequence, type, function, `extension`
    }

    /// As it was written.
    public let text: String
    public let kind: Kind
    /// From the schema, where it was given, to the object.
    let pattern: [NamePattern]

    /// Reads a rule.
    ///
    /// - Throws: what is wrong with it.
    public init(parsing text: String) throws(IgnoreRuleError) {
        guard let colon = text.firstIndex(of: ":") else { throw IgnoreRuleError(text, .noKind) }
        let word = String(text[..<colon])
        guard let kind = Kind(rawValue: word) else { throw IgnoreRuleError(text, .unknownKind(word)) }
        let patternText = text[text.index(after: colon)...]
        guard patternText.first?.isWhitespace != true, patternText.last?.isWhitespace != true else {
            throw IgnoreRuleError(text, .surroundedBySpace)
        }
        guard let parts = NamePattern.split(patternText) else { throw IgnoreRuleError(text, .openQuote) }
        guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty }) else { throw IgnoreRuleError(text, .emptyName) }
        guard kind.names.contains(parts.count) else { throw IgnoreRuleError(text, .names(kind.names, kind)) }
        self.text = text
        self.kind = kind
        pattern = parts
    }
}

/// A rule that cannot be understood.
public struct IgnoreRuleError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case noKind
        case unknownKind(String)
        case emptyName
        case openQuote
        case surroundedBySpace
        /// How many names this kind of rule takes.
        case names(ClosedRange<Int>, IgnoreRule.Kind)
    }

    /// The rule as it was written.
    public let rule: String
    public let reason: Reason

    init(_ rule: String, _ reason: Reason) {
        self.rule = rule
        self.reason = reason
    }

    /// One sentence that quotes the rule.
    public var description: String {
        "the rule '\(rule)' \(explanation)"
    }

    private var explanation: String {
        let kinds = IgnoreRule.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        return switch reason {
        case .noKind: "has no kind: write, for example, 'table:\(rule)'; kinds are \(kinds)"
        case .unknownKind(let kind): "has the kind '\(kind)', which there is not; kinds are \(kinds)"
        case .emptyName: "has an empty name"
        case .openQuote: "has a double quote without its partner"
        case .surroundedBySpace: "has white space around its pattern"
        case .names(let range, let kind) where range.count == 1:
            "has too many names: \(kind.rawValue) takes \(range.lowerBound)"
        case .names(let range, let kind):
            "has the wrong number of names: \(kind.rawValue) takes \(range.lowerBound) to \(range.upperBound)"
        }
    }
}

extension IgnoreRule: Codable {
    /// From the text alone.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(parsing: try container.decode(String.self))
        } catch let error as IgnoreRuleError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension IgnoreRule.Kind {
    /// How many names, schema included, a pattern may have.
    fileprivate var names: ClosedRange<Int> {
        switch self {
        case .any: 1...3
        case .schema, .extension: 1...1
        case .column, .constraint, .trigger, .policy: 2...3
        case .table, .view, .index, .sequence, .type, .function: 1...2
        }
    }
}
