/// What Python's module level is made of, as far as literals and bindings go. Nothing is copied out of the source.
enum PythonToken {
    /// An identifier or keyword.
    case name(PythonName)
    /// A string that its text may tell.
    case text(PythonString)
    /// An f-string with fields: only running can tell its value.
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

/// An identifier or keyword: where it stands, and which word it is.
struct PythonName {
    var range: Range<Int>
    var word: PythonWord

    /// So that `case .name("def")` is a pattern.
    static func ~= (word: PythonWord, name: PythonName) -> Bool {
        word == name.word
    }
}

/// A name of at most sixteen bytes as one number. All that a reader looks for are that short, and comparing them takes
/// no string.
struct PythonWord: Equatable, ExpressibleByStringLiteral {
    private let packed: UInt128

    /// Longer names are all one, which no literal is.
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

/// The place of a string literal's text, and how it is written.
struct PythonString {
    /// What is between the quotes.
    var content: Range<Int>
    /// Whether the content is the value, byte by byte.
    var isVerbatim: Bool
    var isRaw: Bool
    /// An f-string without fields, in which braces are written twice. It is no docstring.
    var isFormatted: Bool
}

/// A logical line: physical lines joined by brackets, triple quotes and backslashes.
struct PythonLine {
    /// The column at which it starts; tabs go to multiples of eight.
    var indent: Int
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
