/// Reduces an expression to what a dump and restore never changes: its words, without parentheses, casts and white
/// space.
///
/// Two expressions of one major version are different if their reduced texts differ. If these are equal, the
/// expressions may still differ.
enum UncastExpression {
    static func of(_ text: String) -> String {
        var result = ""
        var rest = SQLTokens(text)
        while let token = rest.next() {
            switch token {
            case "(", ")": break
            case "::": rest.skipType()
            default:
                result += token
                result += "\u{0}"
            }
        }
        return result
    }
}
