/// A job's id: 48 bits of Unix milliseconds and 80 random bits, as 26 characters of Crockford's base 32 in lowercase
/// (the layout of a ULID). Ids sort as text in the order in which they were created.
struct JobIdentifier: Hashable {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let length = 26

    private let value: UInt128

    /// The next id: the time and random bits, or `last` plus one if that would not be greater (several jobs in the same
    /// millisecond, or a clock that was set back).
    init(milliseconds: Int64, after last: JobIdentifier?) {
        let time = UInt128(UInt64(clamping: milliseconds) & 0xFFFF_FFFF_FFFF)
        let random = UInt128(UInt64.random(in: .min ... .max)) << 16 | UInt128(UInt16.random(in: .min ... .max))
        let fresh = time << 80 | random
        if let last, fresh <= last.value {
            value = last.value &+ 1
        } else {
            value = fresh
        }
    }

    /// Parses an id; nil for any text that this type does not write.
    init?(_ text: String) {
        guard text.utf8.count == Self.length else { return nil }
        var value: UInt128 = 0
        for (position, character) in text.utf8.enumerated() {
            guard let digit = Self.alphabet.firstIndex(of: character), position > 0 || digit < 8 else { return nil }
            value = value << 5 | UInt128(digit)
        }
        self.value = value
    }

    var text: String {
        let digits = (0..<Self.length).map { position in
            Self.alphabet[Int(truncatingIfNeeded: value >> UInt128(5 * (Self.length - 1 - position))) & 31]
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
