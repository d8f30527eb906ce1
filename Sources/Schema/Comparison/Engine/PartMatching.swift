import Text

/// A part of a table that is identified by its definition rather than by its name: a constraint or an index.
protocol MatchedPart {
    var name: String { get }
    var definition: String { get }
    /// What must be equal in addition to the definition.
    var group: String { get }
    /// What must be equal for two parts of one name to count as one part that changed.
    var nameGroup: String { get }
    /// What identifies a changed part under another name; nil where nothing does.
    var shape: [String]? { get }
    /// Whether the definition contains an expression, which PostgreSQL may print in several ways.
    var hasExpression: Bool { get }
}

/// Matches the parts of two tables by definition, then by name, then by the columns they are about.
struct PartMatching<Part: MatchedPart> {
    struct Pair {
        var expected: Part
        var actual: Part
        /// Whether the definitions are the same.
        var verdict: TextVerdict
    }

    private(set) var pairs: [Pair] = []
    /// Sorted by name.
    private(set) var missing: [Part]
    private(set) var extra: [Part]

    /// - Parameter typesDiffer: whether a column has another type on the other side.
    init(
        _ expected: [Part], _ actual: [Part], in context: ExpressionText.Context, texts: inout TextComparison,
        typesDiffer: Bool
    ) {
        missing = expected.sorted { $0.name.precedesInBytes($1.name) }
        extra = actual.sorted { $0.name.precedesInBytes($1.name) }
        let same = { (_: Part, _: Part) in TextVerdict.same }
        let rules = texts.rules
        pair(by: { _ in { [[$0.group, $0.definition, $0.name]] } }, same)
        pair(by: { _ in { [[$0.group, $0.definition]] } }, same)
        guard !missing.isEmpty, !extra.isEmpty else { return }
        pair(by: { side in { part in part.forms(on: side, in: context, rules).map { $0 + [part.name] } } }, same)
        pair(by: { side in { $0.forms(on: side, in: context, rules) } }, same)
        requestParsing(&texts, in: context)
        let compare = { (left: Part, right: Part) -> TextVerdict in
            guard left.hasExpression, right.hasExpression, left.group == right.group else { return .different }
            return rules.verdict(left.definition, right.definition, in: context, typesDiffer: typesDiffer)
        }
        pair(by: { _ in { [[$0.nameGroup, $0.name]] } }, compare)
        pair(by: { _ in { part in part.shape.map { [[part.group] + $0] } ?? [] } }, isAmbiguityRefused: true, compare)
        let uncast = { (part: Part) in part.hasExpression ? [[part.group, UncastExpression.of(part.definition)]] : [] }
        pair(by: { _ in uncast }, compare)
        // Printed by different major versions, any of the remaining parts may be the counterpart of any other.
        if rules.majorsDiffer {
            pair(by: { _ in { $0.hasExpression ? [[$0.group]] : [] } }) { _, _ in .unknown(rules.versions) }
        }
    }

    /// Requests that the texts without a counterpart are parsed again, where both sides have some.
    private func requestParsing(_ texts: inout TextComparison, in context: ExpressionText.Context) {
        let open = (missing.filter(\.hasExpression), extra.filter(\.hasExpression))
        guard !open.0.isEmpty, !open.1.isEmpty else { return }
        for part in open.0 + open.1 { texts.request(part.definition, in: context) }
    }

    /// Moves the parts that have a key in common from `missing` and `extra` to `pairs`, in the order of their names.
    ///
    /// - Parameters:
    ///   - keyed: gives the keys of a part, for either side.
    ///   - isAmbiguityRefused: skips parts with several possible counterparts.
    private mutating func pair(
        by keyed: (ComparedSide) -> (Part) -> [[String]], isAmbiguityRefused: Bool = false,
        _ verdict: (Part, Part) -> TextVerdict
    ) {
        guard !missing.isEmpty, !extra.isEmpty else { return }
        let (keys, otherKeys) = (keyed(.expected), keyed(.actual))
        var candidates: [[ExactString]: [Int]] = [:]
        for (index, part) in extra.enumerated().reversed() {
            for key in otherKeys(part) { candidates[key.map(ExactString.init), default: []].append(index) }
        }
        var taken: Set<Int> = []
        var counts: [[ExactString]: Int] = [:]
        if isAmbiguityRefused {
            for part in missing { for key in keys(part) { counts[key.map(ExactString.init), default: 0] += 1 } }
        }
        var rest: [Part] = []
        for part in missing {
            var found: Int?
            for key in keys(part).map({ $0.map(ExactString.init) }) where found == nil {
                if isAmbiguityRefused, counts[key] != 1 || candidates[key]?.count != 1 { continue }
                while found == nil, let index = candidates[key]?.popLast() {
                    if !taken.contains(index) { found = index }
                }
            }
            guard let found else {
                rest.append(part)
                continue
            }
            taken.insert(found)
            pairs.append(Pair(expected: part, actual: extra[found], verdict: verdict(part, extra[found])))
        }
        missing = rest
        extra = extra.indices.filter { !taken.contains($0) }.map { extra[$0] }
    }
}

/// One of the two sides of a comparison.
enum ComparedSide {
    case expected, actual
}

extension MatchedPart {
    /// The forms of the definition by which the other side may have it.
    fileprivate func forms(
        on side: ComparedSide, in context: ExpressionText.Context, _ rules: TextRules
    ) -> [[String]] {
        let context = hasExpression ? context : nil
        let forms =
            switch side {
            case .expected: rules.expectedForms(of: definition, in: context)
            case .actual: rules.actualForms(of: definition, in: context)
            }
        return forms.map { [group, $0] }
    }
}

extension Constraint: MatchedPart {
    var group: String { kind.rawValue }
    var nameGroup: String { kind.rawValue }

    var shape: [String]? {
        switch kind {
        // A table has only one.
        case .primaryKey: []
        case .unique: columns
        case .foreignKey: columns + [references?.schema ?? "", references?.name ?? ""]
        case .check, .exclude: nil
        }
    }

    var hasExpression: Bool { kind == .check || kind == .exclude }
}

extension Index: MatchedPart {
    var group: String { isUnique ? "unique" : "" }
    var nameGroup: String { "" }
    var shape: [String]? { nil }

    /// Whether it has a predicate, or parentheses within the list of its keys.
    var hasExpression: Bool {
        var tokens = SQLTokens(definition)
        var depth = 0
        while let token = tokens.next() {
            switch token {
            case "(": depth += 1
            case ")": depth -= 1
            case "WHERE": return true
            default: break
            }
            if depth > 1 { return true }
        }
        return false
    }
}
