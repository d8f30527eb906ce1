/// The grammars of the envelope's strings. Lengths count Unicode scalars.
public enum Grammar {
    public static func isRequestID(_ text: String) -> Bool {
        isPlain(text, 1...64)
    }

    public static func isIdempotencyKey(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { isAlphanumeric($0) || ".:/_-".utf8.contains($0) }
    }

    public static func isReason(_ text: String) -> Bool {
        isPlain(text, 0...500)
    }

    /// Whether the string is allowed where there is no special grammar.
    public static func isText(_ text: String) -> Bool { isPlain(text, 1...255) }
    /// The rule of ``isText(_:)`` in words.
    public static let text = "1 to 255 characters without control characters"

    /// Names of databases, plans and jobs.
    public static func isName(_ text: String) -> Bool {
        isPlain(text, 1...64)
    }

    /// `[a-z0-9._-]{1,64}`.
    public static func isAudience(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                isAlphanumeric($0) && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || "._-".utf8.contains($0)
            }
    }

    /// Whether the length is in `lengths` and there is no control character.
    static func isPlain(_ text: String, _ lengths: ClosedRange<Int>) -> Bool {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return lengths.contains(text.utf8.count) }
        return lengths.contains(text.unicodeScalars.count)
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
