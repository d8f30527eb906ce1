/// Reads Python source as logical lines of tokens, in one pass and without recursion.
///
/// It does the work of Python's tokenizer: brackets, strings with prefixes and quotes, f-strings with nested fields,
/// comments, line joining, indentation. It does not check the grammar, so Python may refuse a file that passes here.
struct PythonScanner {
    let source: PythonSource
    var position: Int
    var line = 1
    /// The tokens of the line that was read last, with the physical line (from 1) on which each starts; empty when the
    /// line was skipped.
    private(set) var tokens: [(token: PythonToken, line: Int)] = []
    private var isRecording = false
    private var brackets: [(closing: UInt8, line: Int)] = []
    private var indents = [Indent(column: 0, characters: 0)]
    private var expectsBlock = false

    init(_ source: PythonSource) {
        self.source = source
        position = source.start
        tokens.reserveCapacity(64)
    }

    /// The width of an indentation: with tabs that advance to multiples of eight, and with tabs counted as one. Python
    /// requires that both give the same order.
    private struct Indent {
        var column: Int
        var characters: Int
    }

    /// The byte at an offset from the position; zero beyond the end (a source contains no NUL).
    func byte(_ offset: Int = 0) -> UInt8 {
        position + offset < source.bytes.count ? source.bytes[position + offset] : 0
    }

    var isAtEnd: Bool { position >= source.bytes.count }

    func fault(_ message: String, line: Int? = nil) -> ScriptsError {
        ScriptsError(message: message, line: line ?? self.line)
    }

    /// The next logical line, or nil at the end.
    ///
    /// - Parameter skippingDeeperThan: lines indented deeper are only checked for faults; their tokens are not recorded,
    ///   except for those from the word `global` on.
    mutating func nextLine(skippingDeeperThan limit: Int?) throws(ScriptsError) -> PythonLine? {
        guard let indent = skipToCode() else {
            if expectsBlock { throw fault("an indented block is missing at the end") }
            return nil
        }
        try enterIndent(indent)
        // In a file that is not all UTF-8, each token must be checked.
        isRecording = source.isFaulty || limit.map { indent.column <= $0 } ?? true
        let start = line
        try scanLine()
        return PythonLine(indent: indent.column, line: start)
    }

    /// Skips blank lines and comments; returns the column of the first code.
    private mutating func skipToCode() -> Indent? {
        var indent = Indent(column: 0, characters: 0)
        // Where an indentation continues after a backslash, only the part before it counts.
        var beforeBackslash: Indent?
        while !isAtEnd {
            switch byte() {
            case Byte.space:
                let start = position
                skip { $0 == Byte.space }
                indent.column += position - start
                indent.characters += position - start
                continue
            case Byte.tab: indent = Indent(column: (indent.column / 8 + 1) * 8, characters: indent.characters + 1)
            case Byte.formFeed: indent = Indent(column: 0, characters: 0)
            case Byte.hash:
                skipComment()
                continue
            case Byte.newline, Byte.carriageReturn:
                skipNewline()
                indent = Indent(column: 0, characters: 0)
                beforeBackslash = nil
                continue
            case Byte.backslash where byte(1) == Byte.newline || byte(1) == Byte.carriageReturn:
                if beforeBackslash == nil, indent.column > 0 {
                    beforeBackslash = Indent(column: indent.column, characters: indent.column)
                }
                position += 1
                skipNewline()
                continue
            default: return beforeBackslash ?? indent
            }
            position += 1
        }
        return nil
    }

    private mutating func enterIndent(_ indent: Indent) throws(ScriptsError) {
        var current = indents[indents.count - 1]
        if indent.column > current.column {
            guard expectsBlock else { throw fault("unexpected indentation") }
            indents.append(indent)
            if indent.characters <= current.characters { throw fault("tabs and spaces are mixed in the indentation") }
            return
        }
        if expectsBlock { throw fault("an indented block is missing") }
        while current.column > indent.column {
            indents.removeLast()
            current = indents[indents.count - 1]
        }
        if current.column != indent.column { throw fault("the indentation matches no outer level") }
        if current.characters != indent.characters { throw fault("tabs and spaces are mixed in the indentation") }
    }

    private mutating func scanLine() throws(ScriptsError) {
        if !tokens.isEmpty { tokens.removeAll(keepingCapacity: true) }
        expectsBlock = false
        while !isAtEnd {
            let first = byte()
            switch first {
            case Byte.space: skip { $0 == Byte.space }
            case Byte.tab, Byte.formFeed: position += 1
            case Byte.hash: skipComment()
            case Byte.newline, Byte.carriageReturn:
                skipNewline()
                if brackets.isEmpty { return }
            case Byte.backslash:
                position += 1
                guard byte() == Byte.newline || byte() == Byte.carriageReturn else {
                    throw fault("a backslash is not followed by the end of the line")
                }
                skipNewline()
            case Byte.quote, Byte.doubleQuote: try scanString()
            case _ where !isRecording && first.isInert: skipInert()
            case _ where first.isNameStart: try scanName()
            case _ where first.isDigit || first == Byte.dot && byte(1).isDigit: try scanNumber()
            default: try scanOperator(first)
            }
        }
        if let open = brackets.last { throw fault("a bracket is never closed", line: open.line) }
    }

    /// - Parameter line: the physical line on which the token starts; nil for the current one.
    @inline(__always)
    mutating func note(_ token: PythonToken, line: Int? = nil) {
        expectsBlock = false
        if isRecording { tokens.append((token, line ?? self.line)) }
    }

    /// Skips bytes where tokens do not matter. They do from the word `global` on, which can only start a statement and so
    /// always follows a byte that is not inert.
    private mutating func skipInert() {
        let start = position
        skip { $0.isInert }
        expectsBlock = false
        if source.bytes[start] == UInt8(ascii: "g"), source.name(at: start).word == "global" {
            position = start
            isRecording = true
        }
    }

    private mutating func scanName() throws(ScriptsError) {
        let start = position
        let name = source.name(at: start)
        position = name.range.upperBound
        // Letters before a quote may be the prefix of a string.
        if byte() == Byte.quote || byte() == Byte.doubleQuote, StringPrefix(source.bytes[start..<position]) != nil {
            return
        }
        try checkEncoding(from: start)
        note(.name(name))
    }

    private mutating func scanNumber() throws(ScriptsError) {
        let start = position
        skip { $0.isNamePart || $0 == Byte.dot }
        try checkEncoding(from: start)
        note(.otherLiteral)
    }

    func checkEncoding(from start: Int) throws(ScriptsError) {
        guard source.isReadable(start..<position) else {
            throw fault("a byte is not UTF-8, and no coding comment names another encoding")
        }
    }

    private mutating func scanOperator(_ first: UInt8) throws(ScriptsError) {
        position += 1
        switch first {
        case Byte.openParenthesis: brackets.append((Byte.closeParenthesis, line))
        case Byte.openBracket: brackets.append((Byte.closeBracket, line))
        case Byte.openBrace: brackets.append((Byte.closeBrace, line))
        case Byte.closeParenthesis, Byte.closeBracket, Byte.closeBrace:
            guard brackets.popLast()?.closing == first else { throw fault("a closing bracket matches no open one") }
        case Byte.comma, Byte.semicolon, Byte.dot: break
        case Byte.equals where byte() != Byte.equals: break
        case Byte.colon where byte() != Byte.equals:
            note(.mark(first))
            expectsBlock = brackets.isEmpty
            return
        case Byte.colon, Byte.equals:
            position += 1
            return note(first == Byte.colon ? .walrus : .otherOperator)
        case UInt8(ascii: "!") where byte() == Byte.equals:
            position += 1
            return note(.otherOperator)
        case UInt8(ascii: "~"):
            return note(.otherOperator)
        case UInt8(ascii: "-") where byte() == UInt8(ascii: ">"):
            position += 1
            return note(.otherOperator)
        case Byte.star, UInt8(ascii: "/"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "^"):
            let isComparison = first == UInt8(ascii: "<") || first == UInt8(ascii: ">")
            let isDoubled = (isComparison || first == Byte.star || first == UInt8(ascii: "/")) && byte() == first
            if isDoubled { position += 1 }
            if byte() == Byte.equals {
                position += 1
                return note(isComparison && !isDoubled ? .otherOperator : .augmentedAssignment)
            }
            if isDoubled || first != Byte.star && first != UInt8(ascii: "@") { return note(.otherOperator) }
        default:
            position -= 1
            throw fault("a character that is not allowed in Python (byte \(first))")
        }
        note(.mark(first))
    }

    /// `\n`, `\r` and `\r\n` each end one line.
    mutating func skipNewline() {
        position += byte() == Byte.carriageReturn && byte(1) == Byte.newline ? 2 : 1
        line += 1
    }

    mutating func skipComment() {
        skip { $0 != Byte.newline && $0 != Byte.carriageReturn }
    }

    /// Moves to the first byte that does not match, or to the end.
    @inline(__always)
    mutating func skip(while matches: (UInt8) -> Bool) {
        position = source.end(of: position, while: matches)
    }
}

extension UInt8 {
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    /// Letters, underscore, and every byte of a character beyond ASCII.
    var isNameStart: Bool {
        (self | 0x20) &- UInt8(ascii: "a") < 26 || self == UInt8(ascii: "_") || self >= 0x80
    }

    var isNamePart: Bool { isNameStart || isDigit }

    /// Whether the byte can be skipped where tokens do not matter: names, numbers and simple punctuation.
    var isInert: Bool {
        isNamePart || self == Byte.space || self == Byte.comma || self == Byte.dot || self == Byte.equals
    }
}
