extension Duration {
    /// The longest number that a text may have, of any unit.
    static let longestNumber: Int64 = 31_536_000

    /// The duration that a text of a settings file or of a command line names: `500ms`, `3s`, `15m`, `1h`, or `0` for
    /// none. Nil for any other text.
    public init?(settingsText text: some StringProtocol) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number <= Self.longestNumber else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": self = .milliseconds(number)
        case "s": self = .seconds(number)
        case "m": self = .seconds(number * 60)
        case "h": self = .seconds(number * 3600)
        case "" where number == 0: self = .zero
        default: return nil
        }
    }
}
