/// The bytes of a Python file, checked as Python checks them before it looks at the first line.
struct PythonSource {
    /// Without NUL; UTF-8 unless `isForeign`.
    let bytes: [UInt8]
    /// Where the text starts, behind a byte order mark.
    let start: Int
    /// Whether some of it is not UTF-8, which Python forgives in comments only.
    private let isFaulty: Bool
    /// Whether a cookie names an encoding that is not known here: names beyond ASCII are not decoded then.
    private let isForeign: Bool

    init(_ given: [UInt8]) throws(PythonFault) {
        let hasMark = given.starts(with: [0xEF, 0xBB, 0xBF])
        var isASCII = true
        for (position, byte) in given.enumerated() {
            if byte == 0 {
                throw PythonFault(message: "a NUL byte", line: Self.line(of: position, in: given))
            }
            if byte >= 0x80 { isASCII = false }
        }
        start = hasMark ? 3 : 0
        if isASCII {
            bytes = given
            isForeign = false
            isFaulty = false
            return
        }
        switch hasMark ? nil : Self.encoding(of: given) {
        case nil, "utf-8"?, "utf8"?, "utf"?, "u8"?, "utf-8-sig"?:
            bytes = given
            isForeign = false
            isFaulty = !Self.isUTF8(given[...])
        case "latin-1"?, "latin1"?, "iso-8859-1"?, "iso8859-1"?, "l1"?:
            bytes = given.flatMap { $0 < 0x80 ? [$0] : [0xC0 | $0 >> 6, 0x80 | $0 & 0x3F] }
            isForeign = false
            isFaulty = false
        default:
            bytes = given
            isForeign = true
            isFaulty = false
        }
    }

    /// Whether Python can decode a token.
    func isReadable(_ range: Range<Int>) -> Bool {
        !isFaulty || Self.isUTF8(bytes[range])
    }

    /// An identifier.
    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// The text of a string literal; nil when its encoding is not known.
    func text(_ value: [UInt8]) -> String? {
        if isForeign, value.contains(where: { $0 >= 0x80 }) { return nil }
        return String(decoding: value, as: UTF8.self)
    }

    private static func line(of position: Int, in bytes: [UInt8]) -> Int {
        var line = 1
        for index in 0..<position
        where bytes[index] == Byte.newline || bytes[index] == Byte.carriageReturn && bytes[index + 1] != Byte.newline {
            line += 1
        }
        return line
    }

    private static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }

    /// The encoding that a comment in the first two lines names (PEP 263), in lower case and with hyphens.
    private static func encoding(of bytes: [UInt8]) -> String? {
        var lines = bytes.prefix(400)[...]
        for _ in 0..<2 {
            let line = lines.prefix { $0 != Byte.newline && $0 != Byte.carriageReturn }
            if let name = encoding(inComment: line) { return name }
            let isPair = lines.dropFirst(line.count).starts(with: [Byte.carriageReturn, Byte.newline])
            lines = lines.dropFirst(line.count + (isPair ? 2 : 1))
        }
        return nil
    }

    private static func encoding(inComment line: ArraySlice<UInt8>) -> String? {
        let blanks = [Byte.space, Byte.tab, Byte.formFeed]
        guard line.first(where: { !blanks.contains($0) }) == Byte.hash else { return nil }
        let key = Array("coding".utf8)
        var rest = line
        while rest.count > key.count {
            if rest.starts(with: key), [Byte.colon, Byte.equals].contains(rest[rest.startIndex + key.count]) {
                let name = rest.dropFirst(key.count + 1).drop { $0 == Byte.space || $0 == Byte.tab }
                    .prefix { $0.isNamePart || $0 == UInt8(ascii: "-") || $0 == Byte.dot }
                if !name.isEmpty {
                    let text = name.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }
                    return String(decoding: text, as: UTF8.self).lowercased()
                }
            }
            rest = rest.dropFirst()
        }
        return nil
    }
}
