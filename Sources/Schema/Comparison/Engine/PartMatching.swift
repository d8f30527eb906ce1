/// A part of a table that is known by its definition; its name is an attribute.
protocol MatchedPart {
    var name: String { get }
    var definition: String { get }
    /// What has to be equal besides the definition.
    var group: String { get }
    /// What has to be equal for two parts of one name to be one part that changed.
    var nameGroup: String { get }
    /// What makes a part of any name the same one, changed; nil where nothing does.
    var shape: [String]? { get }
    /// Whether the definition holds an expression, which may be worded in several ways.
    var hasExpression: Bool { get }
}

/// The parts of two tables, matched by definition, then by name, then by what they are about.
struct PartMatching<Part: MatchedPart> {
    struct Pair {
        var expected: Part
        var actual: Part
        /// How the definitions stand to each other.
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
        ask(&texts, in: context)
        let compare = { (left: Part, right: Part) -> TextVerdict in
            guard left.hasExpression, right.hasExpression, left.group == right.group else { return .different }
            return rules.verdict(left.definition, right.definition, in: context, typesDiffer: typesDiffer)
        }
        pair(by: { _ in { [[$0.nameGroup, $0.name]] } }, compare)
        pair(by: { _ in { part in part.shape.map { [[part.group] + $0] } ?? [] } }, isAmbiguityRefused: true, compare)
        let loose = { (part: Part) in part.hasExpression ? [[part.group, LooseText.of(part.definition)]] : [] }
        pair(by: { _ in loose }, compare)
        // Worded by another major version, any of these may be any of those.
        if rules.majorsDiffer {
            pair(by: { _ in { $0.hasExpression ? [[$0.group]] : [] } }) { _, _ in .unknown(rules.versions) }
        }
    }

    /// Asks for the texts that found no equal, where there are some on both sides.
    private func ask(_ texts: inout TextComparison, in context: ExpressionText.Context) {
        let open = (missing.filter(\.hasExpression), extra.filter(\.hasExpression))
        guard !open.0.isEmpty, !open.1.isEmpty else { return }
        for part in open.0 + open.1 { texts.want(part.definition, in: context) }
    }

    /// Takes the parts with a key in common out of `missing` and `extra`, in the order of their names.
    ///
    /// - Parameters:
    ///   - keyed: the keys of a part of either side.
    ///   - isAmbiguityRefused: leaves alone what has several counterparts.
    private mutating func pair(
        by keyed: (ComparedSide) -> (Part) -> [[String]], isAmbiguityRefused: Bool = false,
        _ verdict: (Part, Part) -> TextVerdict
    ) {
        guard !missing.isEmpty, !extra.isEmpty else { return }
        let (keys, otherKeys) = (keyed(.expected), keyed(.actual))
        var candidates: [[ExactText]: [Int]] = [:]
        for (index, part) in extra.enumerated().reversed() {
            for key in otherKeys(part) { candidates[key.map(ExactText.init), default: []].append(index) }
        }
        var taken: Set<Int> = []
        var counts: [[ExactText]: Int] = [:]
        if isAmbiguityRefused {
            for part in missing { for key in keys(part) { counts[key.map(ExactText.init), default: 0] += 1 } }
        }
        var rest: [Part] = []
        for part in missing {
            var found: Int?
            for key in keys(part).map({ $0.map(ExactText.init) }) where found == nil {
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

/// One of two sides.
enum ComparedSide {
    case expected, actual
}

extension MatchedPart {
    /// What the definition may be found by on the other side.
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
        // A table has one.
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

    /// Whether it has a predicate, or brackets within the list of its keys.
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
