/// Writes a statement on one line and without hidden characters.
struct SafeStatement {
    private(set) var text = ""
    private var rest: Substring.UnicodeScalarView
    /// The previous character of the statement; nil at its start.
    private var previous: Unicode.Scalar?

    init(_ statement: String) {
        rest = Substring(statement).unicodeScalars
        while let first = rest.first { take(first) }
        while text.unicodeScalars.last == " " { text.unicodeScalars.removeLast() }
    }

    private mutating func take(_ first: Unicode.Scalar) {
        switch first {
        case "'":
            // In E'…' and U&'…' the characters before the quote belong to the string.
            let isEscaped = (text.hasSuffix("E") || text.hasSuffix("e")) && isPrefix(1)
            guard let end = endOfQuoted(escapes: isEscaped) else { return takeOne() }
            takeString(rest[..<end], isEscaped: isEscaped)
            advance(to: end)
        case "\"":
            guard let end = endOfQuoted(escapes: false) else { return takeOne() }
            text += Self.unicode(rest[..<end], isUnicode: isUnicode)
            advance(to: end)
        case "$":
            guard !isWord(previous), let (body, end) = dollarQuoted() else { return takeOne() }
            if body.contains(where: SafeText.isHidden) {
                text += "E'" + Self.escaped(body, quote: true) + "'"
            } else {
                text.unicodeScalars.append(contentsOf: rest[..<end])
            }
            advance(to: end)
        case "-" where rest.dropFirst().first == "-":
            // The rest of the line is a comment.
            advance(to: rest.firstIndex(of: "\n") ?? rest.endIndex)
        case "\n", "\r", "\t", "\u{B}", "\u{C}", " ": takeSpace()
        default: takeOne()
        }
    }

    private mutating func takeOne() {
        guard let first = rest.popFirst() else { return }
        text += SafeText.visible(String(first))
        previous = first
    }

    /// White space with a line end in it is one space; spaces alone stay as they are.
    private mutating func takeSpace() {
        let end = rest.firstIndex { !" \n\r\t\u{B}\u{C}".unicodeScalars.contains($0) } ?? rest.endIndex
        let space = rest[..<end]
        if space.allSatisfy({ $0 == " " }) {
            text.unicodeScalars.append(contentsOf: space)
        } else if !text.isEmpty, text.unicodeScalars.last != " " {
            text += " "
        }
        advance(to: end)
    }

    private mutating func takeString(_ quoted: Substring.UnicodeScalarView, isEscaped: Bool) {
        guard quoted.contains(where: SafeText.isHidden) else {
            text.unicodeScalars.append(contentsOf: quoted)
            return
        }
        if isUnicode {
            text += Self.unicode(quoted, isUnicode: true)
        } else if isEscaped {
            for scalar in quoted {
                if SafeText.isHidden(scalar) { text += Self.escape(scalar) } else { text.unicodeScalars.append(scalar) }
            }
        } else {
            if isWord(text.unicodeScalars.last) { text += " " }
            text += "E'" + Self.escaped(quoted.dropFirst().dropLast(), quote: false) + "'"
        }
    }

    private mutating func advance(to end: String.Index) {
        previous = rest[..<end].last ?? previous
        rest = rest[end...]
    }

    /// Whether the text ends with `U&`, to which a quoted text belongs.
    private var isUnicode: Bool { (text.hasSuffix("U&") || text.hasSuffix("u&")) && isPrefix(2) }

    /// Whether the last characters of the text, this many, are a prefix and not the end of a word.
    private func isPrefix(_ count: Int) -> Bool { !isWord(text.unicodeScalars.dropLast(count).last) }

    private func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "$": return true
        default: return !scalar.isASCII
        }
    }

    /// The position after the closing quote of the text that starts here; a doubled quote is part of the text. Nil if it
    /// is not closed.
    private func endOfQuoted(escapes: Bool) -> String.Index? {
        guard let quote = rest.first else { return nil }
        var index = rest.index(after: rest.startIndex)
        while index < rest.endIndex {
            let next = rest.index(after: index)
            if escapes, rest[index] == "\\", next < rest.endIndex {
                index = rest.index(after: next)
            } else if rest[index] == quote {
                guard next < rest.endIndex, rest[next] == quote else { return next }
                index = rest.index(after: next)
            } else {
                index = next
            }
        }
        return nil
    }

    /// The content of the dollar-quoted string that starts here, and the position after it; nil where there is none.
    private func dollarQuoted() -> (body: Substring.UnicodeScalarView, end: String.Index)? {
        let inside = rest.dropFirst()
        guard let close = inside.firstIndex(of: "$"), inside[..<close].allSatisfy({ isWord($0) }),
            let first = inside.first, !("0"..."9").contains(first)
        else { return nil }
        let tag = rest[...close]
        let start = rest.index(after: close)
        var index = start
        while let place = rest[index...].firstIndex(of: "$") {
            if rest[place...].starts(with: tag) {
                return (rest[start..<place], rest.index(place, offsetBy: tag.count))
            }
            index = rest.index(after: place)
        }
        return nil
    }

    /// Text without escapes as the content of `E'…'`.
    ///
    /// - Parameter quote: whether single quotes still have to be doubled.
    private static func escaped(_ body: Substring.UnicodeScalarView, quote: Bool) -> String {
        var result = ""
        for scalar in body {
            switch scalar {
            case "\\": result += "\\\\"
            case "'" where quote: result += "''"
            case _ where SafeText.isHidden(scalar): result += escape(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default:
            let digits = String(scalar.value, radix: 16)
            let width = digits.utf8.count > 4 ? 8 : 4
            return (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - digits.utf8.count) + digits
        }
    }

    /// A quoted text with Unicode escapes.
    ///
    /// - Parameter isUnicode: whether it has the prefix `U&` already.
    private static func unicode(_ quoted: Substring.UnicodeScalarView, isUnicode: Bool) -> String {
        guard quoted.contains(where: SafeText.isHidden) else { return String(quoted) }
        var result = isUnicode ? "" : "U&"
        for scalar in quoted {
            if SafeText.isHidden(scalar) {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let isLong = digits.utf8.count > 4
                result += isLong ? "\\+" : "\\"
                result += String(repeating: "0", count: (isLong ? 6 : 4) - digits.utf8.count) + digits
            } else {
                result += scalar == "\\" && !isUnicode ? "\\\\" : String(scalar)
            }
        }
        return result
    }
}
