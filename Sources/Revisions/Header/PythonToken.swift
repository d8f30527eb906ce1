/// What Python's module level is made of, as far as literals and bindings go.
enum PythonToken: Hashable {
    /// An identifier or keyword.
    case name(String)
    /// A string whose value is known.
    case text(String)
    /// An f-string without fields: its value is known, and it is no docstring.
    case formattedText(String)
    /// A string whose value only running can tell: an f-string with fields, `\N{…}`, an unknown encoding.
    case computedText
    /// A number or bytes: a literal that is no name of a revision.
    case otherLiteral
    /// One of `( ) [ ] { } , : ; = . @ *` standing alone.
    case mark(UInt8)
    /// `:=`
    case walrus
    /// `+=` and its like.
    case augmentedAssignment
    /// Any other operator.
    case otherOperator
}

/// A logical line: physical lines joined by brackets, triple quotes and backslashes.
struct PythonLine {
    /// The column at which it starts; tabs go to multiples of eight.
    var indent: Int
    /// The tokens with the physical line (from 1) on which each starts; empty when the line was only skipped.
    var tokens: [(token: PythonToken, line: Int)]
    /// The physical line (from 1) on which it starts.
    var line: Int
}

/// Why Python itself would refuse the file.
struct PythonFault: Error, Hashable {
    var message: String
    var line: Int
}

/// ASCII, by name.
enum Byte {
    static let tab = UInt8(ascii: "\t")
    static let newline: UInt8 = 10
    static let formFeed: UInt8 = 12
    static let carriageReturn: UInt8 = 13
    static let space = UInt8(ascii: " ")
    static let backslash = UInt8(ascii: "\\")
    static let hash = UInt8(ascii: "#")
    static let quote = UInt8(ascii: "'")
    static let doubleQuote = UInt8(ascii: "\"")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let colon = UInt8(ascii: ":")
    static let equals = UInt8(ascii: "=")
    static let comma = UInt8(ascii: ",")
    static let semicolon = UInt8(ascii: ";")
    static let star = UInt8(ascii: "*")
    static let openParenthesis = UInt8(ascii: "(")
    static let closeParenthesis = UInt8(ascii: ")")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let dot = UInt8(ascii: ".")
}
