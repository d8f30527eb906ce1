/// The bytes of a Python file, with the checks that Python makes before it reads the first line.
struct PythonSource {
    /// Without NUL; UTF-8 unless `isForeign`.
    let bytes: [UInt8]
    /// The start of the text, after a byte order mark.
    let start: Int
    /// Whether all bytes are ASCII.
    let isASCII: Bool
    /// Whether some bytes are not UTF-8, which Python accepts in comments only.
    let isFaulty: Bool
    /// Whether a cookie names an encoding that this reader does not decode; names with other characters than ASCII are
    /// unknown then.
    private let isForeign: Bool

    /// Whether a cookie names an encoding in which ASCII bytes may have another meaning; nothing can be read then.
    let isOpaque: Bool

    init(_ given: [UInt8]) throws(ScriptsError) {
        let hasMark = given.starts(with: [0xEF, 0xBB, 0xBF])
        // No branches in the loop, so that the compiler can vectorize it.
        let (smallest, union) = given.withUnsafeBufferPointer { bytes in
            var smallest = UInt8.max
            var union: UInt8 = 0
            for byte in bytes {
                smallest = min(smallest, byte)
                union |= byte
            }
            return (smallest, union)
        }
        if smallest == 0 {
            let position = given.firstIndex(of: 0) ?? 0
            throw ScriptsError(message: "a NUL byte", line: Self.line(of: position, in: given))
        }
        isASCII = union < 0x80
        start = hasMark ? 3 : 0
        let encoding = hasMark ? .utf8 : PythonEncoding(cookieOf: given)
        bytes =
            encoding == .latin1 && !isASCII
            ? given.flatMap { $0 < 0x80 ? [$0] : [0xC0 | $0 >> 6, 0x80 | $0 & 0x3F] } : given
        isFaulty = encoding == .utf8 && !isASCII && !Self.isUTF8(given[...])
        isForeign = encoding == .oneByte && !isASCII
        isOpaque = encoding == .opaque || encoding == .manyBytes && !isASCII
    }

    /// The first position from `start` on whose byte does not match, or the end.
    @inline(__always)
    func end(of start: Int, while matches: (UInt8) -> Bool) -> Int {
        let bytes = bytes.span
        var end = start
        while end < bytes.count, matches(bytes[unchecked: end]) { end += 1 }
        return end
    }

    /// Whether Python can decode a token.
    func isReadable(_ range: Range<Int>) -> Bool {
        !isFaulty || Self.isUTF8(bytes[range])
    }

    /// The identifier that starts at a position.
    func name(at start: Int) -> PythonName {
        let range = start..<end(of: start) { $0.isNamePart }
        return PythonName(
            range: range, word: bytes.withUnsafeBufferPointer { PythonWord(UnsafeBufferPointer(rebasing: $0[range])) })
    }

    /// An identifier.
    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// The value of a string literal; nil when it needs an encoding or an escape that this reader does not know.
    func text(of string: PythonString) -> String? {
        var value = bytes[string.content]
        if !string.isVerbatim {
            guard let decoded = PythonEscapes.decode(value, isRaw: string.isRaw, hasFields: string.isFormatted) else {
                return nil
            }
            value = decoded[...]
        }
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
}
