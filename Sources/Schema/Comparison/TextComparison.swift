import Text

/// Whether two definition texts mean the same.
enum TextVerdict: Hashable {
    case same
    case different
    /// Why it cannot be compared: a clause without a full stop.
    case unknown(String)
}

/// What is known about how the servers of the two sides print expressions.
struct TextRules {
    /// The texts as a shadow server printed them after parsing; those that it could not parse are absent.
    let parsed: [ExpressionText: String]
    /// `server_version_num` of the servers that printed the two sides; 0 where it is not known.
    let expectedVersion: Int
    let actualVersion: Int
    let moves: ExtensionMoves

    /// Whether different major versions printed the sides, so that one expression may have two texts.
    var majorsDiffer: Bool {
        expectedVersion > 0 && actualVersion > 0 && expectedVersion / 10_000 != actualVersion / 10_000
    }

    /// Compares two texts.
    ///
    /// Equal texts mean the same. So do texts of which one, parsed and printed again, is the other, and texts that are
    /// printed alike. Texts that still differ after both were printed again are different. Where they were not, the
    /// same words with other parentheses or casts remain undecided; across major versions every difference does.
    ///
    /// - Parameters:
    ///   - context: nil for a text that cannot be parsed on its own.
    ///   - typesDiffer: whether columns that the texts may use have other types on the other side, which adds other
    ///     casts to the same words.
    func verdict(
        _ expected: String, _ actual: String, in context: ExpressionText.Context?, typesDiffer: Bool = false
    ) -> TextVerdict {
        if expected.hasSameBytes(as: actual) { return .same }
        let wanted = expectedForms(of: expected, in: context)
        let found = actualForms(of: actual, in: context)
        if wanted.contains(where: { form in found.contains { form.hasSameBytes(as: $0) } }) { return .same }
        if majorsDiffer { return .unknown(versions) }
        let isReworded = UncastExpression.of(wanted[0]).hasSameBytes(as: UncastExpression.of(found[0]))
        if typesDiffer, isReworded { return .unknown(Self.retyped) }
        if wanted.count > 1, found.count > 1 { return .different }
        return isReworded ? .unknown(Self.reworded) : .different
    }

    /// The forms of a text of the expected side that are compared: its own, and the one that was printed again.
    func expectedForms(of text: String, in context: ExpressionText.Context?) -> [String] {
        forms(of: text, in: context).map { moves.unmoved(RestoredExpression.of($0)) }
    }

    /// The same for the actual side.
    func actualForms(of text: String, in context: ExpressionText.Context?) -> [String] {
        forms(of: text, in: context).map { moves.moved(RestoredExpression.of($0)) }
    }

    private func forms(of text: String, in context: ExpressionText.Context?) -> [String] {
        guard let printed = context.flatMap({ parsed[ExpressionText($0, text)] }) else { return [text] }
        return [text, printed]
    }

    /// Whether two types are the same, in whichever schema an extension put them.
    func isSameType(_ expected: String, _ actual: String) -> Bool {
        expected.hasSameBytes(as: actual)
            || !moves.isEmpty && moves.unmoved(expected).hasSameBytes(as: moves.moved(actual))
    }

    var versions: String {
        "PostgreSQL \(expectedVersion / 10_000) and \(actualVersion / 10_000) print expressions differently"
    }

    private static let retyped = "the type of a column differs, which adds other casts to the same expression"
    private static let reworded =
        "the expressions differ only in parentheses or casts, and no shadow server has parsed them again"
}

/// Applies the rules, and collects the texts that a server would have to parse again for a final decision.
struct TextComparison {
    let rules: TextRules
    /// The texts of both sides that a server would have to parse again.
    private(set) var wanted: Set<ExpressionText> = []

    init(_ rules: TextRules) { self.rules = rules }

    /// The verdict of the rules; requests that differing texts are parsed again.
    mutating func compare(
        _ expected: String, _ actual: String, in context: ExpressionText.Context?, typesDiffer: Bool = false
    ) -> TextVerdict {
        if expected.hasSameBytes(as: actual) { return .same }
        let verdict = rules.verdict(expected, actual, in: context, typesDiffer: typesDiffer)
        if let context, verdict != .same {
            request(expected, in: context)
            request(actual, in: context)
        }
        return verdict
    }

    mutating func request(_ text: String, in context: ExpressionText.Context) {
        wanted.insert(ExpressionText(context, text))
    }
}
