/// A token of Python, as detailed as literals and bindings need it. Tokens refer to the source and copy nothing.
enum PythonToken {
    /// An identifier or keyword.
    case name(PythonName)
    /// A string literal.
    case text(PythonString)
    /// An f-string with fields, or a t-string: its value is known only when the script runs.
    case computedText
    /// A number or bytes: a literal that cannot be a revision's name.
    case otherLiteral
    /// One of `( ) [ ] { } , : ; = . @ *` standing alone.
    case mark(UInt8)
    /// `:=`
    case walrus
    /// `+=` and the other augmented assignments.
    case augmentedAssignment
    /// Any other operator.
    case otherOperator

    var name: PythonName? {
        if case .name(let name) = self { name } else { nil }
    }

    func isName(_ word: PythonWord) -> Bool {
        if case .name(word) = self { true } else { false }
    }

    func isMark(_ mark: UInt8) -> Bool {
        if case .mark(mark) = self { true } else { false }
    }
}

/// An identifier or keyword: its place and its word.
struct PythonName {
    var range: Range<Int>
    var word: PythonWord

    /// Makes `case .name("def")` a pattern.
    static func ~= (word: PythonWord, name: PythonName) -> Bool {
        word == name.word
    }
}

/// A name of at most sixteen bytes as one number. All names that the reader looks for are that short, and comparing
/// numbers is faster than comparing strings.
struct PythonWord: Equatable, ExpressibleByStringLiteral {
    private let packed: UInt128

    /// All longer names have the same value, which no shorter name has.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        var packed: UInt128 = 0
        if bytes.count <= 16 {
            for byte in bytes { packed = packed << 8 | UInt128(byte) }
        }
        self.packed = packed
    }

    init(_ text: String) {
        var text = text
        self = text.withUTF8 { PythonWord($0) }
    }

    @inline(__always)
    init(stringLiteral text: StaticString) {
        self.init(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

/// The place and the form of a string literal.
struct PythonString {
    /// The bytes between the quotes.
    var content: Range<Int>
    /// Whether the content is the value, byte by byte.
    var isVerbatim: Bool
    var isRaw: Bool
    /// An f-string without fields, in which braces are doubled. It is not a docstring.
    var isFormatted: Bool
}

/// A logical line: physical lines joined by brackets, triple quotes and backslashes.
struct PythonLine {
    /// The column at which it starts; tabs advance to multiples of eight.
    var indent: Int
    /// The physical line (from 1) on which it starts.
    var line: Int
}

/// Why Python would refuse the file.
struct ScriptsError: Error, Hashable {
    var message: String
    var line: Int
}

/// ASCII characters by name.
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
