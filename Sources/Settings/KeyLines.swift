/// The line of each key of a TOML document.
///
/// The parser reports no positions for keys, so this scan reads just enough of TOML to find them: table headers, dotted
/// and quoted keys at the start of a line, and the ends of multi-line strings and arrays. A key inside an inline table
/// has the line of the key of that table.
struct KeyLines: Sendable {
    private var lines: [[String]: Int] = [:]
    /// The first line with a table header that does not start with a name.
    private(set) var brokenHeader: Int?

    init(text: String) {
        var scanner = Scanner(bytes: Array(text.utf8))
        var header: [String] = []
        var counts: [[String]: Int] = [:]
        while let entry = scanner.next() {
            switch entry {
            case .brokenHeader(let line):
                brokenHeader = brokenHeader ?? line
            case .table(let path, let line):
                header = path
                note(header, line)
            case .tableArray(let path, let line):
                let index = counts[path, default: 0]
                counts[path] = index + 1
                header = path + ["\(index)"]
                note(path, line)
                note(header, line)
            case .key(let path, let line):
                note(header + path, line)
            }
        }
    }

    private mutating func note(_ path: [String], _ line: Int) {
        for length in 1...max(path.count, 1) where lines[Array(path.prefix(length))] == nil {
            lines[Array(path.prefix(length))] = line
        }
    }

    /// The line of the key at `path`, or of the nearest key that encloses it.
    subscript(path: [String]) -> Int? {
        var path = path
        while !path.isEmpty {
            if let line = lines[path] { return line }
            path.removeLast()
        }
        return nil
    }
}

private struct Scanner {
    enum Entry {
        case table([String], Int)
        case tableArray([String], Int)
        case key([String], Int)
        case brokenHeader(Int)
    }

    let bytes: [UInt8]
    var position = 0
    var line = 1

    mutating func next() -> Entry? {
        skipBlank()
        guard position < bytes.count else { return nil }
        let start = line
        if current == UInt8(ascii: "[") {
            let isArray = peek(1) == UInt8(ascii: "[")
            position += isArray ? 2 : 1
            while let byte = current, byte == 0x20 || byte == 0x09 { position += 1 }
            // The parser itself refuses a name that is empty or not closed.
            if let byte = current, byte != UInt8(ascii: "]"), !Self.beginsName(byte) {
                skipLine()
                return .brokenHeader(start)
            }
            let path = keyPath()
            skipLine()
            return isArray ? .tableArray(path, start) : .table(path, start)
        }
        let path = keyPath()
        skipValue()
        return .key(path, start)
    }

    private static func beginsName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_\"'".utf8.contains(byte)
        }
    }

    private var current: UInt8? { peek(0) }
    private func peek(_ offset: Int) -> UInt8? {
        position + offset < bytes.count ? bytes[position + offset] : nil
    }

    private mutating func advance() {
        if current == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private mutating func skipBlank() {
        while let byte = current {
            if byte == UInt8(ascii: "#") {
                skipLine()
            } else if byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func skipLine() {
        while let byte = current, byte != UInt8(ascii: "\n") { position += 1 }
    }

    private mutating func keyPath() -> [String] {
        var path: [String] = []
        while let byte = current {
            switch byte {
            case 0x20, 0x09, UInt8(ascii: "."):
                position += 1
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                path.append(quoted(byte))
            case UInt8(ascii: "="), UInt8(ascii: "]"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "#"):
                return path
            default:
                let start = position
                while let byte = current, !" \t.=]\r\n\"'#".utf8.contains(byte) { position += 1 }
                path.append(String(decoding: bytes[start..<position], as: UTF8.self))
            }
        }
        return path
    }

    private mutating func quoted(_ quote: UInt8) -> String {
        position += 1
        let start = position
        while let byte = current, byte != quote, byte != UInt8(ascii: "\n") { position += 1 }
        defer { position = min(position + 1, bytes.count) }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Skips from `=` to the end of the value, across the lines of arrays and multi-line strings.
    private mutating func skipValue() {
        var depth = 0
        while let byte = current {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: "#"):
                skipLine()
                continue
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                skipString(byte)
                continue
            case UInt8(ascii: "\n") where depth <= 0:
                advance()
                return
            default: break
            }
            advance()
        }
    }

    private mutating func skipString(_ quote: UInt8) {
        let isMultiLine = peek(1) == quote && peek(2) == quote
        position += isMultiLine ? 3 : 1
        while let byte = current {
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                position += 1
                if position < bytes.count { advance() }
            } else if byte == quote, !isMultiLine || (peek(1) == quote && peek(2) == quote) {
                position += isMultiLine ? 3 : 1
                return
            } else if byte == UInt8(ascii: "\n"), !isMultiLine {
                return
            } else {
                advance()
            }
        }
    }
}
