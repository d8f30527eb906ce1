/// An ignore rule that cannot be parsed.
public struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case noKind
        case unknownKind(String)
        case emptyName
        case openQuote
        case surroundedBySpace
        /// The number of names that this kind of rule takes.
        case names(ClosedRange<Int>, IgnoreRule.Kind)
    }

    public let code: Code
    /// The rule as it was written.
    public let rule: String

    init(rule: String, _ code: Code) {
        self.code = code
        self.rule = rule
    }

    /// One sentence that quotes the rule and says what is wrong with it.
    public var message: String { "the rule '\(rule)' \(problem)" }

    public var description: String { message }

    private var problem: String {
        let kinds = IgnoreRule.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        return switch code {
        case .noKind: "has no kind: write, for example, 'table:\(rule)'; the kinds are \(kinds)"
        case .unknownKind(let kind): "has the unknown kind '\(kind)'; the kinds are \(kinds)"
        case .emptyName: "contains an empty name"
        case .openQuote: "has an unclosed double quote"
        case .surroundedBySpace: "has white space around its pattern"
        case .names(let range, let kind) where range.count == 1:
            "has too many names: \(kind.rawValue) takes \(range.lowerBound)"
        case .names(let range, let kind):
            "has the wrong number of names: \(kind.rawValue) takes \(range.lowerBound) to \(range.upperBound)"
        }
    }
}
