/// Splits an SQL expression, as PostgreSQL prints it, into tokens.
struct SQLTokens: IteratorProtocol {
    private let text: [UInt8]
    private var position = 0

    init(_ text: String) { self.text = Array(text.utf8) }

    mutating func next() -> String? {
        while position < text.count, text[position] <= 0x20 { position += 1 }
        guard position < text.count else { return nil }
        let start = position
        switch text[position] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): skipQuoted()
        case let byte where Self.isWord(byte):
            while position < text.count, Self.isWord(text[position]) { position += 1 }
            // In E'…' and the like the prefix belongs to the string.
            if position - start == 1, position < text.count, text[position] == UInt8(ascii: "'") {
                skipQuoted(escapes: text[start] | 0x20 == UInt8(ascii: "e"))
            }
        case UInt8(ascii: ":") where peek(1) == UInt8(ascii: ":"): position += 2
        default: position += 1
        }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    /// Skips the type after `::`, with its modifiers and array brackets.
    mutating func skipType() {
        guard var word = next() else { return }
        while peekToken() == "." {
            _ = next()
            word = next() ?? ""
        }
        skipModifiers()
        switch word {
        case "character", "bit": skip(["varying"])
        case "double": skip(["precision"])
        case "timestamp", "time": skip(["with", "without", "time", "zone"])
        case "interval": skip(["year", "month", "day", "hour", "minute", "second", "to"])
        default: break
        }
        skipModifiers()
        while peekToken() == "[" {
            while let token = next(), token != "]" {}
        }
    }

    private mutating func skipModifiers() {
        let start = position
        guard peekToken() == "(" else { return }
        _ = next()
        var sawNumber = false
        while let token = next() {
            if token == ")" && sawNumber { return }
            guard token == "," || token.utf8.allSatisfy(Self.isWord) else { break }
            sawNumber = true
        }
        position = start
    }

    private mutating func skip(_ words: Set<String>) {
        while let token = peekToken(), words.contains(token) { _ = next() }
    }

    private func peekToken() -> String? {
        var copy = self
        return copy.next()
    }

    private func peek(_ distance: Int) -> UInt8? {
        position + distance < text.count ? text[position + distance] : nil
    }

    private mutating func skipQuoted(escapes: Bool = false) {
        let quote = text[position]
        position += 1
        while position < text.count {
            if escapes, text[position] == UInt8(ascii: "\\") {
                position += 2
            } else if text[position] == quote {
                position += 1
                guard position < text.count, text[position] == quote else { return }
                position += 1
            } else {
                position += 1
            }
        }
        position = min(position, text.count)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x24, 0x80...0xFF: true
        default: false
        }
    }
}
