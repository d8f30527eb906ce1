import COpenSSL

/// The 32 bytes of a SHA-256 digest or HMAC. They are stored inline: an array would need an allocation for each.
package struct Digest: Sendable {
    package static let length = 32

    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// The bytes that `write` puts into a buffer of ``length`` bytes.
    package init(_ write: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        unsafe withUnsafeMutableBytes(of: &words) { unsafe write($0.assumingMemoryBound(to: UInt8.self)) }
    }

    /// Nil unless the text is exactly 64 lowercase hexadecimal digits.
    package init?(hexadecimal text: ArraySlice<UInt8>) {
        guard text.count == 2 * Self.length else { return nil }
        var isValid = true
        unsafe self.init { bytes in
            for index in 0..<Self.length {
                let place = text.startIndex + 2 * index
                guard let high = Hexadecimal.value(text[place]), let low = Hexadecimal.value(text[place + 1]) else {
                    return isValid = false
                }
                unsafe bytes[index] = high << 4 | low
            }
        }
        guard isValid else { return nil }
    }

    package var array: [UInt8] { unsafe withUnsafeBytes(of: words) { unsafe Array($0) } }

    /// Appends 64 lowercase digits.
    package func appendHexadecimal(to text: inout [UInt8]) {
        unsafe withUnsafeBytes(of: words) { unsafe $0.forEach { Hexadecimal.append($0, to: &text) } }
    }

    /// Whether both have the same bytes, compared in constant time.
    package func isSame(as other: Digest) -> Bool {
        unsafe withUnsafeBytes(of: words) { left in
            unsafe withUnsafeBytes(of: other.words) { right in
                unsafe CRYPTO_memcmp(left.baseAddress, right.baseAddress, Self.length) == 0
            }
        }
    }
}
