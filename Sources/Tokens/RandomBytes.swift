import Digests

/// Unpredictable bytes: Swift's system generator uses getrandom(2) on Linux.
public enum RandomBytes {
    public static func make(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// `2 * count` lowercase hexadecimal digits.
    public static func hexadecimal(_ count: Int) -> String {
        String(decoding: Hexadecimal.encode(make(count)), as: UTF8.self)
    }
}
