/// How the text of a definition stands to another.
enum TextVerdict: Hashable {
    case same
    case different
    /// One clause that completes "not comparable, because …".
    case unknown(String)
}

/// What is known about the wordings of two sides.
struct TextRules {
    /// What a shadow read back for a text; nothing for those that it could not parse.
    let parsed: [ExpressionText: String]
    /// The servers that worded the two sides; 0 where that is not known.
    let expectedVersion: Int
    let actualVersion: Int
    let moves: ExtensionMoves

    /// Whether two major versions worded the sides, so that one expression may have two texts.
    var majorsDiffer: Bool {
        expectedVersion > 0 && actualVersion > 0 && expectedVersion / 10_000 != actualVersion / 10_000
    }

    /// Equal texts mean the same, and so do texts of which one, read back, is the other or reads back as the same.
    ///
    /// What differs after both were read back differs. Without that, the same words with other brackets or casts stay
    /// undecided; across major versions everything does.
    ///
    /// - Parameters:
    ///   - context: nil for a text that cannot be parsed by itself.
    ///   - typesDiffer: whether columns that it may use have other types on the other side, which puts other casts into
    ///     the same words.
    func verdict(
        _ expected: String, _ actual: String, in context: ExpressionText.Context?, typesDiffer: Bool = false
    ) -> TextVerdict {
        if expected.isIdentical(to: actual) { return .same }
        let wanted = expectedForms(of: expected, in: context)
        let found = actualForms(of: actual, in: context)
        if wanted.contains(where: { form in found.contains { form.isIdentical(to: $0) } }) { return .same }
        if majorsDiffer { return .unknown(versions) }
        let isReworded = LooseText.of(wanted[0]).isIdentical(to: LooseText.of(found[0]))
        if typesDiffer, isReworded { return .unknown(Self.retyped) }
        if wanted.count > 1, found.count > 1 { return .different }
        return isReworded ? .unknown(Self.reworded) : .different
    }

    /// The wordings of a text of the expected side, as they are compared: its own, and what it reads back as.
    func expectedForms(of text: String, in context: ExpressionText.Context?) -> [String] {
        wordings(of: text, in: context).map { moves.unmoved(RestoredText.of($0)) }
    }

    /// The same of the actual side.
    func actualForms(of text: String, in context: ExpressionText.Context?) -> [String] {
        wordings(of: text, in: context).map { moves.moved(RestoredText.of($0)) }
    }

    private func wordings(of text: String, in context: ExpressionText.Context?) -> [String] {
        guard let readBack = context.flatMap({ parsed[ExpressionText($0, text)] }) else { return [text] }
        return [text, readBack]
    }

    /// Whether two types are one, wherever an extension put it.
    func isSameType(_ expected: String, _ actual: String) -> Bool {
        expected.isIdentical(to: actual)
            || !moves.isEmpty && moves.unmoved(expected).isIdentical(to: moves.moved(actual))
    }

    var versions: String {
        "PostgreSQL \(expectedVersion / 10_000) and \(actualVersion / 10_000) word expressions differently"
    }

    private static let retyped = "the type of a column differs, which puts other casts into the same words"
    private static let reworded =
        "both have the same words with other brackets or casts, and no shadow has parsed them again"
}

/// The rules, and the texts that would have to be parsed again to decide for good.
struct TextComparison {
    let rules: TextRules
    /// Of both sides.
    private(set) var wanted: Set<ExpressionText> = []

    init(_ rules: TextRules) { self.rules = rules }

    /// The verdict of the rules; texts that differ as they stand are asked for.
    mutating func compare(
        _ expected: String, _ actual: String, in context: ExpressionText.Context?, typesDiffer: Bool = false
    ) -> TextVerdict {
        if expected.isIdentical(to: actual) { return .same }
        let verdict = rules.verdict(expected, actual, in: context, typesDiffer: typesDiffer)
        if let context, verdict != .same {
            want(expected, in: context)
            want(actual, in: context)
        }
        return verdict
    }

    mutating func want(_ text: String, in context: ExpressionText.Context) {
        wanted.insert(ExpressionText(context, text))
    }
}
