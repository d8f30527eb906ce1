/// Reads Python source as logical lines of tokens, in one pass and without recursion.
///
/// It knows what Python's tokenizer knows: brackets, strings with their prefixes and quotes, f-strings with nested
/// fields, comments, line joining, indentation. It does not judge grammar: what it lets pass may still be refused by
/// Python.
struct PythonScanner {
    let source: PythonSource
    var position: Int
    var line = 1
    private var indents = [Indent(column: 0, characters: 0)]
    private var expectsBlock = false

    init(_ source: PythonSource) {
        self.source = source
        position = source.start
    }

    /// Where code starts: with tabs to multiples of eight, and counting each as one. Python wants both to agree on
    /// order.
    private struct Indent {
        var column: Int
        var characters: Int
    }

    /// The byte at an offset from the position; zero beyond the end (a source holds no NUL).
    func byte(_ offset: Int = 0) -> UInt8 {
        position + offset < source.bytes.count ? source.bytes[position + offset] : 0
    }

    var isAtEnd: Bool { position >= source.bytes.count }

    func fault(_ message: String, line: Int? = nil) -> PythonFault {
        PythonFault(message: message, line: line ?? self.line)
    }

    /// The next logical line, or nil at the end.
    ///
    /// - Parameter skippingDeeperThan: lines indented deeper are scanned, and returned without their tokens.
    mutating func nextLine(skippingDeeperThan limit: Int?) throws(PythonFault) -> PythonLine? {
        guard let indent = skipToCode() else {
            if expectsBlock { throw fault("an indented block is missing at the end") }
            return nil
        }
        try enterIndent(indent)
        return try scanLine(indent: indent.column, isRecorded: limit.map { indent.column <= $0 } ?? true)
    }

    /// Skips blank lines and comments; returns the column of the first code.
    private mutating func skipToCode() -> Indent? {
        var indent = Indent(column: 0, characters: 0)
        while !isAtEnd {
            switch byte() {
            case Byte.space: indent = Indent(column: indent.column + 1, characters: indent.characters + 1)
            case Byte.tab: indent = Indent(column: (indent.column / 8 + 1) * 8, characters: indent.characters + 1)
            case Byte.formFeed: indent = Indent(column: 0, characters: 0)
            case Byte.hash:
                skipComment()
                continue
            case Byte.newline, Byte.carriageReturn:
                skipNewline()
                indent = Indent(column: 0, characters: 0)
                continue
            case Byte.backslash where byte(1) == Byte.newline || byte(1) == Byte.carriageReturn:
                position += 1
                skipNewline()
                continue
            default: return indent
            }
            position += 1
        }
        return nil
    }

    private mutating func enterIndent(_ indent: Indent) throws(PythonFault) {
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

    private mutating func scanLine(indent: Int, isRecorded: Bool) throws(PythonFault) -> PythonLine {
        var result = PythonLine(indent: indent, tokens: [], line: line)
        var brackets: [(closing: UInt8, line: Int)] = []
        expectsBlock = false
        while true {
            let start = line
            switch byte() {
            case 0 where isAtEnd:
                if let open = brackets.last { throw fault("a bracket is never closed", line: open.line) }
                return result
            case Byte.newline, Byte.carriageReturn:
                skipNewline()
                if brackets.isEmpty { return result }
                continue
            case Byte.space, Byte.tab, Byte.formFeed:
                position += 1
                continue
            case Byte.hash:
                skipComment()
                continue
            case Byte.backslash:
                position += 1
                guard byte() == Byte.newline || byte() == Byte.carriageReturn else {
                    throw fault("a backslash is followed by something else than the end of the line")
                }
                skipNewline()
                continue
            default: break
            }
            let token = try scanToken(isRecorded: isRecorded)
            expectsBlock = brackets.isEmpty && token == .mark(Byte.colon)
            if case .mark(let mark) = token {
                switch mark {
                case Byte.openParenthesis: brackets.append((Byte.closeParenthesis, start))
                case Byte.openBracket: brackets.append((Byte.closeBracket, start))
                case Byte.openBrace: brackets.append((Byte.closeBrace, start))
                case Byte.closeParenthesis, Byte.closeBracket, Byte.closeBrace:
                    guard brackets.popLast()?.closing == mark else {
                        throw fault("a closing bracket matches no open one")
                    }
                default: break
                }
            }
            if isRecorded { result.tokens.append((token, start)) }
        }
    }

    private mutating func scanToken(isRecorded: Bool) throws(PythonFault) -> PythonToken {
        let start = position
        let token = try scanAnyToken(isRecorded: isRecorded)
        guard source.isReadable(start..<position) else {
            throw fault("a byte that is not UTF-8, and no line that names another encoding")
        }
        return token
    }

    private mutating func scanAnyToken(isRecorded: Bool) throws(PythonFault) -> PythonToken {
        let first = byte()
        if first.isNameStart {
            let start = position
            while byte().isNamePart { position += 1 }
            if byte() == Byte.quote || byte() == Byte.doubleQuote,
                let prefix = StringPrefix(source.bytes[start..<position])
            {
                return try scanString(prefix, isRecorded: isRecorded)
            }
            return .name(isRecorded ? source.text(start..<position) : "")
        }
        if first == Byte.quote || first == Byte.doubleQuote {
            return try scanString(StringPrefix(), isRecorded: isRecorded)
        }
        if first.isDigit || (first == Byte.dot && byte(1).isDigit) {
            while byte().isNamePart || byte() == Byte.dot { position += 1 }
            return .otherLiteral
        }
        return try scanOperator(first)
    }

    private mutating func scanOperator(_ first: UInt8) throws(PythonFault) -> PythonToken {
        position += 1
        switch first {
        case Byte.openParenthesis, Byte.closeParenthesis, Byte.openBracket, Byte.closeBracket, Byte.openBrace,
            Byte.closeBrace, Byte.comma, Byte.semicolon, Byte.dot:
            return .mark(first)
        case Byte.colon where byte() != Byte.equals, Byte.equals where byte() != Byte.equals:
            return .mark(first)
        case Byte.colon, Byte.equals:
            position += 1
            return first == Byte.colon ? .walrus : .otherOperator
        case UInt8(ascii: "!") where byte() == Byte.equals:
            position += 1
            return .otherOperator
        case UInt8(ascii: "~"):
            return .otherOperator
        case UInt8(ascii: "-") where byte() == UInt8(ascii: ">"):
            position += 1
            return .otherOperator
        case Byte.star, UInt8(ascii: "/"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "^"):
            let isComparison = first == UInt8(ascii: "<") || first == UInt8(ascii: ">")
            let isDoubled = (isComparison || first == Byte.star || first == UInt8(ascii: "/")) && byte() == first
            if isDoubled { position += 1 }
            if byte() == Byte.equals {
                position += 1
                return isComparison && !isDoubled ? .otherOperator : .augmentedAssignment
            }
            return !isDoubled && (first == Byte.star || first == UInt8(ascii: "@")) ? .mark(first) : .otherOperator
        default:
            position -= 1
            throw fault("a character that Python does not know (byte \(first))")
        }
    }

    /// `\n`, `\r` and `\r\n` each end one line.
    mutating func skipNewline() {
        position += byte() == Byte.carriageReturn && byte(1) == Byte.newline ? 2 : 1
        line += 1
    }

    mutating func skipComment() {
        while !isAtEnd, byte() != Byte.newline, byte() != Byte.carriageReturn { position += 1 }
    }
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    /// Letters, underscore, and every byte of a character beyond ASCII.
    var isNameStart: Bool {
        let lower = self | 0x20
        return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")) || self == UInt8(ascii: "_") || self >= 0x80
    }

    var isNamePart: Bool { isNameStart || isDigit }
}
