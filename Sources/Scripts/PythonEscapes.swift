/// Decodes the content of a string literal.
enum PythonEscapes {
    /// Nil for a value that this reader does not decode: `\N{…}` names, lone surrogates.
    ///
    /// - Parameters:
    ///   - content: the bytes between the quotes.
    ///   - hasFields: whether it is an f-string (without fields), in which braces are doubled.
    static func decode(_ content: ArraySlice<UInt8>, isRaw: Bool, hasFields: Bool) -> [UInt8]? {
        var value: [UInt8] = []
        value.reserveCapacity(content.count)
        var index = content.startIndex
        while index < content.endIndex {
            let byte = content[index]
            index += 1
            if byte == Byte.carriageReturn {
                // Python reads source with universal newlines.
                if index < content.endIndex, content[index] == Byte.newline { index += 1 }
                value.append(Byte.newline)
            } else if hasFields, byte == Byte.openBrace || byte == Byte.closeBrace {
                if index < content.endIndex, content[index] == byte { index += 1 }
                value.append(byte)
            } else if byte == Byte.backslash, !isRaw, index < content.endIndex,
                // Before a brace of an f-string, a backslash is literal, and the brace is still doubled.
                !hasFields || content[index] != Byte.openBrace && content[index] != Byte.closeBrace
            {
                guard escape(content, &index, into: &value) else { return nil }
            } else {
                value.append(byte)
            }
        }
        return value
    }

    /// - Parameter index: the position after the backslash, where there is a byte.
    private static func escape(_ content: ArraySlice<UInt8>, _ index: inout Int, into value: inout [UInt8]) -> Bool {
        let byte = content[index]
        index += 1
        switch byte {
        case Byte.newline: break
        case Byte.carriageReturn:
            if index < content.endIndex, content[index] == Byte.newline { index += 1 }
        case Byte.backslash, Byte.quote, Byte.doubleQuote: value.append(byte)
        case UInt8(ascii: "a"): value.append(7)
        case UInt8(ascii: "b"): value.append(8)
        case UInt8(ascii: "f"): value.append(12)
        case UInt8(ascii: "n"): value.append(10)
        case UInt8(ascii: "r"): value.append(13)
        case UInt8(ascii: "t"): value.append(9)
        case UInt8(ascii: "v"): value.append(11)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            index -= 1
            return number(content, &index, radix: 8, digits: 1...3, into: &value)
        case UInt8(ascii: "x"): return number(content, &index, radix: 16, digits: 2...2, into: &value)
        case UInt8(ascii: "u"): return number(content, &index, radix: 16, digits: 4...4, into: &value)
        case UInt8(ascii: "U"): return number(content, &index, radix: 16, digits: 8...8, into: &value)
        case UInt8(ascii: "N"): return false
        default:
            // An escape that Python does not know keeps its backslash.
            value.append(Byte.backslash)
            value.append(byte)
        }
        return true
    }

    private static func number(
        _ content: ArraySlice<UInt8>, _ index: inout Int, radix: Int, digits: ClosedRange<Int>,
        into value: inout [UInt8]
    ) -> Bool {
        var code: UInt32 = 0
        var count = 0
        while count < digits.upperBound, index < content.endIndex,
            let digit = Character(Unicode.Scalar(content[index])).hexDigitValue, digit < radix
        {
            code = code * UInt32(radix) + UInt32(digit)
            index += 1
            count += 1
        }
        guard digits.contains(count), let scalar = Unicode.Scalar(code) else { return false }
        value += Array(String(scalar).utf8)
        return true
    }
}
