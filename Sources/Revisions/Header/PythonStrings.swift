/// The letters before a quote.
struct StringPrefix {
    var isRaw = false
    var isBytes = false
    /// f-strings, and t-strings (3.14), which have the same fields.
    var hasFields = false

    init() {}

    /// Nil when the letters are a name and no prefix.
    init?(_ letters: ArraySlice<UInt8>) {
        guard letters.count <= 2 else { return nil }
        var seen: Set<UInt8> = []
        for letter in letters {
            let lower = letter | 0x20
            guard seen.insert(lower).inserted else { return nil }
            switch lower {
            case UInt8(ascii: "r"): isRaw = true
            case UInt8(ascii: "b"): isBytes = true
            case UInt8(ascii: "f"), UInt8(ascii: "t"): hasFields = true
            case UInt8(ascii: "u") where letters.count == 1: break
            default: return nil
            }
        }
        if isBytes && hasFields || seen.count == 2 && !isRaw { return nil }
    }
}

extension PythonScanner {
    /// The quotes that end a string.
    fileprivate struct Quotes {
        var byte: UInt8
        var isTriple: Bool
        var isRaw: Bool
    }

    /// Scans a string literal; the position is at its first quote.
    mutating func scanString(_ prefix: StringPrefix, isRecorded: Bool) throws(PythonFault) -> PythonToken {
        let quotes = openQuotes(isRaw: prefix.isRaw)
        let start = position
        if prefix.hasFields {
            let hasFields = try skipFieldString(quotes)
            if hasFields { return .computedText }
        } else {
            try skipPlainString(quotes)
        }
        if prefix.isBytes { return .otherLiteral }
        guard isRecorded else { return .text("") }
        let content = source.bytes[start..<(position - (quotes.isTriple ? 3 : 1))]
        let value = PythonEscapes.decode(content, isRaw: prefix.isRaw, hasFields: prefix.hasFields)
        guard let text = value.flatMap(source.text) else { return .computedText }
        return prefix.hasFields ? .formattedText(text) : .text(text)
    }

    private mutating func openQuotes(isRaw: Bool) -> Quotes {
        let quote = byte()
        let isTriple = byte(1) == quote && byte(2) == quote
        position += isTriple ? 3 : 1
        return Quotes(byte: quote, isTriple: isTriple, isRaw: isRaw)
    }

    private func isAtEnd(of quotes: Quotes) -> Bool {
        byte() == quotes.byte && (!quotes.isTriple || byte(1) == quotes.byte && byte(2) == quotes.byte)
    }

    private mutating func skipPlainString(_ quotes: Quotes) throws(PythonFault) {
        let start = line
        while !isAtEnd {
            if isAtEnd(of: quotes) {
                position += quotes.isTriple ? 3 : 1
                return
            }
            // Also in a raw string a backslash keeps the next quote from ending it.
            let isEscaped = byte() == Byte.backslash
            if isEscaped { position += 1 }
            try skipStringByte(quotes, isEscaped: isEscaped)
        }
        throw fault("a string is never closed", line: start)
    }

    private mutating func skipStringByte(_ quotes: Quotes, isEscaped: Bool) throws(PythonFault) {
        if byte() == Byte.newline || byte() == Byte.carriageReturn {
            if !quotes.isTriple && !isEscaped { throw fault("a string is not closed at the end of its line") }
            skipNewline()
        } else {
            position += 1
        }
    }

    /// Skips an f-string by the grammar of Python 3.12, of which the older one is a part: fields may hold strings, also
    /// of the same quotes, and format specifications may hold fields.
    ///
    /// - Returns: whether it has fields.
    private mutating func skipFieldString(_ quotes: Quotes) throws(PythonFault) -> Bool {
        enum Part {
            case text
            case field(depth: Int)
            case specification
        }
        let start = line
        var strings = [quotes]
        var parts: [Part] = [.text]
        var hasFields = false
        while !isAtEnd {
            let current = strings[strings.count - 1]
            let here = byte()
            if case .field(let depth) = parts[parts.count - 1] {
                switch here {
                case Byte.openParenthesis, Byte.openBracket, Byte.openBrace:
                    parts[parts.count - 1] = .field(depth: depth + 1)
                    position += 1
                case Byte.closeBrace where depth == 0:
                    parts.removeLast()
                    position += 1
                case Byte.closeParenthesis, Byte.closeBracket, Byte.closeBrace:
                    parts[parts.count - 1] = .field(depth: depth - 1)
                    position += 1
                case Byte.colon where depth == 0:
                    parts[parts.count - 1] = .specification
                    position += 1
                case Byte.quote, Byte.doubleQuote:
                    let prefix = prefixBeforePosition()
                    let inner = openQuotes(isRaw: prefix.isRaw)
                    if prefix.hasFields {
                        strings.append(inner)
                        parts.append(.text)
                    } else {
                        try skipPlainString(inner)
                    }
                case Byte.hash: skipComment()
                case Byte.newline, Byte.carriageReturn: skipNewline()
                default: position += 1
                }
                continue
            }
            var isSpecification = false
            if case .specification = parts[parts.count - 1] { isSpecification = true }
            if isAtEnd(of: current) {
                if isSpecification { throw fault("a field of an f-string is not closed") }
                position += current.isTriple ? 3 : 1
                strings.removeLast()
                parts.removeLast()
                if strings.isEmpty { return hasFields }
            } else if here == Byte.backslash {
                let isName = skipBackslash(isRaw: current.isRaw)
                if !isName, byte() != Byte.openBrace, byte() != Byte.closeBrace {
                    try skipStringByte(current, isEscaped: true)
                }
            } else if here == Byte.openBrace, byte(1) == Byte.openBrace, !isSpecification {
                position += 2
            } else if here == Byte.openBrace {
                hasFields = true
                parts.append(.field(depth: 0))
                position += 1
            } else if here == Byte.closeBrace, isSpecification {
                parts.removeLast()
                position += 1
            } else {
                try skipStringByte(current, isEscaped: false)
            }
        }
        throw fault("a string is never closed", line: start)
    }

    /// Skips a backslash, and a whole `\N{NAME}`, which is no field; before other braces a backslash stands for itself.
    private mutating func skipBackslash(isRaw: Bool) -> Bool {
        position += 1
        guard !isRaw, byte() == UInt8(ascii: "N"), byte(1) == Byte.openBrace else { return false }
        var length = 2
        while byte(length).isNamePart || byte(length) == Byte.space || byte(length) == UInt8(ascii: "-") { length += 1 }
        guard byte(length) == Byte.closeBrace else { return false }
        position += length + 1
        return true
    }

    /// The prefix of a string inside a field, whose letters were skipped already.
    private func prefixBeforePosition() -> StringPrefix {
        var start = position
        while start > 0, position - start < 3, source.bytes[start - 1].isNamePart { start -= 1 }
        return StringPrefix(source.bytes[start..<position]) ?? StringPrefix()
    }
}
