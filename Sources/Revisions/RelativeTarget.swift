import Text

/// A target with a step, such as `+1`, `label@+2`, `ae10+1`: Alembic's `(?:(.+?)@)?(\w+)?((?:\+|-)\d+)`.
///
/// Like Alembic's, the match starts at the beginning, and any text may follow.
struct RelativeTarget: Equatable {
    var branch: String?
    var symbol: String?
    var steps: Int

    /// Nil if the target is absolute.
    init?(_ target: String) {
        let scalars = Array(target.unicodeScalars)
        // The branch is as short as possible: the first `@` after which the rest matches ends it. Else there is no
        // branch.
        for position in scalars.indices.dropFirst() {
            if scalars[position - 1] == "\n" { break }
            if scalars[position] == "@", let (symbol, steps) = Self.step(in: scalars[(position + 1)...]) {
                self.init(branch: String(scalars[..<position]), symbol: symbol, steps: steps)
                return
            }
        }
        guard let (symbol, steps) = Self.step(in: scalars[...]) else { return nil }
        self.init(branch: nil, symbol: symbol, steps: steps)
    }

    init(branch: String?, symbol: String?, steps: Int) {
        self.branch = branch
        self.symbol = symbol
        self.steps = steps
    }

    private static func step(in scalars: ArraySlice<Unicode.Scalar>) -> (symbol: String?, steps: Int)? {
        let word = scalars.prefix(while: \.isPythonWord)
        guard let sign = scalars.dropFirst(word.count).first, sign == "+" || sign == "-" else { return nil }
        let digits = scalars.dropFirst(word.count + 1).prefix(while: \.isDecimalDigit)
        guard !digits.isEmpty else { return nil }
        let steps = number(of: digits)
        return (word.isEmpty ? nil : String(word), sign == "-" ? -steps : steps)
    }

    /// Parses a whole text as a negative number, like Python's `int`: white space around it and underscores between
    /// digits are allowed. Alembic does so for names that have no step (`RevisionMap.get_revisions`).
    static func stepsDown(_ name: String) -> Int? {
        let scalars = Array(name.trimmedOfWhitespace.unicodeScalars)
        guard scalars.first == "-" else { return nil }
        let groups = scalars.dropFirst().split(separator: "_", omittingEmptySubsequences: false)
        guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isDecimalDigit) }) else { return nil }
        let steps = number(of: groups.joined())
        return steps == 0 ? nil : -steps
    }

    private static func number(of digits: some Sequence<Unicode.Scalar>) -> Int {
        var number = 0
        for digit in digits where number < farEnough {
            number = number * 10 + Int(digit.properties.numericValue ?? 0)
        }
        return number
    }

    /// More steps than any history has; further digits are ignored.
    private static let farEnough = 1_000_000_000
}

extension Unicode.Scalar {
    /// Whether Python's `\d` matches.
    fileprivate var isDecimalDigit: Bool { properties.generalCategory == .decimalNumber }

    /// Whether Python's `\w` matches.
    fileprivate var isPythonWord: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            true
        default:
            self == "_"
        }
    }
}

extension String {
    fileprivate init(_ scalars: ArraySlice<Unicode.Scalar>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}
