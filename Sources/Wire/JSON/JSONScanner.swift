/// Scans the lexical elements of JSON: spaces, literals, numbers, strings.
struct JSONScanner {
    private let bytes: [UInt8]
    private(set) var offset = 0
    private(set) var containsNUL = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset >= bytes.count }
    var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    /// - Parameter start: the byte where the fault begins; nil for the current one.
    func error(_ reason: String, at start: Int? = nil) -> WireError {
        let reason = isAtEnd && start == nil ? "the text ends too early" : reason
        return WireError(.badJSON, "\(reason) at byte \(start ?? offset)")
    }

    mutating func advance() { offset += 1 }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        offset += 1
        return true
    }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    mutating func scalar() throws(WireError) -> JSON {
        switch peek {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"): return try number()
        case let byte? where isDigit(byte): return try number()
        default: throw error("expected a value")
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSON) throws(WireError) -> JSON {
        let word = text.description.utf8
        guard bytes[offset...].starts(with: word) else { throw error("expected a value") }
        offset += word.count
        return value
    }

    // MARK: Numbers

    private mutating func number() throws(WireError) -> JSON {
        let start = offset
        var isInteger = true
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if let byte = peek, isDigit(byte) { throw error("a number has a leading zero") }
        } else {
            try digits()
        }
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            throw error("a number is outside the range of a double", at: start)
        }
        return .number(value)
    }

    private mutating func digits() throws(WireError) {
        let start = offset
        while let byte = peek, isDigit(byte) { offset += 1 }
        guard offset > start else { throw error("expected a digit") }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    // MARK: Strings

    /// Reads a string including its quotes.
    mutating func string() throws(WireError) -> String {
        let start = offset
        offset += 1
        var run = offset
        var unescaped: [UInt8] = []
        var isASCII = true
        while true {
            guard let byte = peek else { throw error("a string is not closed") }
            switch byte {
            case UInt8(ascii: "\""):
                let end = offset
                offset += 1
                // Only strings with escapes or other characters than ASCII need the slow validation.
                if isASCII, unescaped.isEmpty { return String(decoding: bytes[run..<end], as: UTF8.self) }
                unescaped += bytes[run..<end]
                guard let text = String(validating: unescaped, as: UTF8.self) else {
                    throw error("a string is not valid UTF-8", at: start)
                }
                return text
            case UInt8(ascii: "\\"):
                unescaped += bytes[run..<offset]
                offset += 1
                try escape(into: &unescaped)
                run = offset
            case 0..<0x20:
                throw error("a control character in a string is not escaped")
            default:
                if byte >= 0x80 { isASCII = false }
                offset += 1
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(WireError) {
        guard let byte = peek else { throw error("a string is not closed") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): return try unicodeEscape(into: &text)
        default: throw error("a string has an unknown escape")
        }
        offset += 1
    }

    private mutating func unicodeEscape(into text: inout [UInt8]) throws(WireError) {
        let start = offset - 1
        let unit = try codeUnit()
        var value = UInt32(unit)
        if UTF16.isLeadSurrogate(unit) {
            guard take(UInt8(ascii: "\\")), peek == UInt8(ascii: "u") else {
                throw error("a surrogate has no pair", at: start)
            }
            let trail = try codeUnit()
            guard UTF16.isTrailSurrogate(trail) else {
                throw error("a surrogate has no pair", at: start)
            }
            value = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(trail) - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw error("a surrogate has no pair", at: start)
        }
        if value == 0 { containsNUL = true }
        text += String(scalar).utf8
    }

    /// `uXXXX`, from the `u` on.
    private mutating func codeUnit() throws(WireError) -> UInt16 {
        offset += 1
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("expected four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            offset += 1
        }
        return value
    }
}
