/// The prefix of a string literal, such as `rb` or `f`.
struct StringPrefix {
    var isRaw = false
    var isBytes = false
    /// f-strings, and t-strings (3.14), which have the same fields.
    var hasFields = false
    /// t-strings, whose value is not a string.
    var isTemplate = false

    init() {}

    /// Nil when the letters are a name and not a prefix.
    init?(_ letters: ArraySlice<UInt8>) {
        guard letters.count <= 2 else { return nil }
        for letter in letters {
            switch letter | 0x20 {
            case UInt8(ascii: "r") where !isRaw: isRaw = true
            case UInt8(ascii: "b") where !isBytes && !hasFields: isBytes = true
            case UInt8(ascii: "f") where !isBytes && !hasFields: hasFields = true
            case UInt8(ascii: "t") where !isBytes && !hasFields:
                hasFields = true
                isTemplate = true
            case UInt8(ascii: "u") where letters.count == 1: break
            default: return nil
            }
        }
    }
}

extension PythonScanner {
    /// The quotes that end a string.
    fileprivate struct Quotes {
        var byte: UInt8
        var isTriple: Bool
        var isRaw: Bool
    }

    /// Scans a string literal; the position is at its first quote, after the prefix.
    mutating func scanString() throws(ScriptsError) {
        let prefix = prefixBeforePosition()
        let beginning = position
        let firstLine = line
        let quotes = openQuotes(isRaw: prefix.isRaw)
        let start = position
        let isVerbatim: Bool
        var isComputed = false
        if prefix.hasFields {
            isVerbatim = false
            isComputed = try skipFieldString(quotes) || prefix.isTemplate
        } else {
            isVerbatim = try skipPlainString(quotes)
        }
        try checkEncoding(from: beginning)
        if isComputed { return note(.computedText, line: firstLine) }
        let content = start..<(position - (quotes.isTriple ? 3 : 1))
        let string = PythonString(
            content: content, isVerbatim: isVerbatim, isRaw: prefix.isRaw, isFormatted: prefix.hasFields)
        note(prefix.isBytes ? .otherLiteral : .text(string), line: firstLine)
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

    /// - Returns: whether the value is the content, byte by byte.
    @discardableResult
    private mutating func skipPlainString(_ quotes: Quotes) throws(ScriptsError) -> Bool {
        let start = line
        var isVerbatim = true
        while true {
            skip { $0 != quotes.byte && $0 != Byte.backslash && $0 != Byte.newline && $0 != Byte.carriageReturn }
            if isAtEnd { throw fault("a string is never closed", line: start) }
            if isAtEnd(of: quotes) {
                position += quotes.isTriple ? 3 : 1
                return isVerbatim
            }
            // A backslash keeps the next quote from ending the string, also in a raw string.
            let isEscaped = byte() == Byte.backslash
            if isEscaped || byte() == Byte.carriageReturn { isVerbatim = false }
            if isEscaped { position += 1 }
            try skipStringByte(quotes, isEscaped: isEscaped)
        }
    }

    private mutating func skipStringByte(_ quotes: Quotes, isEscaped: Bool) throws(ScriptsError) {
        if byte() == Byte.newline || byte() == Byte.carriageReturn {
            if !quotes.isTriple && !isEscaped { throw fault("a string is not closed at the end of its line") }
            skipNewline()
        } else {
            position += 1
        }
    }

    /// Skips an f-string by the grammar of Python 3.12, which includes the older one: fields may contain strings, also
    /// with the same quotes, and format specifications may contain fields.
    ///
    /// - Returns: whether it has fields.
    private mutating func skipFieldString(_ quotes: Quotes) throws(ScriptsError) -> Bool {
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

    /// Skips a backslash, or a whole `\N{NAME}`, which is not a field; before other braces a backslash is literal.
    private mutating func skipBackslash(isRaw: Bool) -> Bool {
        position += 1
        guard !isRaw, byte() == UInt8(ascii: "N"), byte(1) == Byte.openBrace else { return false }
        var length = 2
        while byte(length).isNamePart || byte(length) == Byte.space || byte(length) == UInt8(ascii: "-") { length += 1 }
        guard byte(length) == Byte.closeBrace else { return false }
        position += length + 1
        return true
    }

    /// The prefix of the string whose first quote is at the position; its letters were skipped already.
    private func prefixBeforePosition() -> StringPrefix {
        var start = position
        guard start > source.start, source.bytes[start - 1].isNamePart else { return StringPrefix() }
        while start > source.start, position - start < 3, source.bytes[start - 1].isNamePart { start -= 1 }
        return StringPrefix(source.bytes[start..<position]) ?? StringPrefix()
    }
}
