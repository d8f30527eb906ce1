import Digests

/// A token with the right grammar: `sd1.<kid>.<iat>.<ttl>.<nonce>.<mac>`. Its MAC is not verified yet.
public struct Token: Sendable {
    /// Unix seconds.
    public let issuedAt: Int64
    /// Seconds, 1…300.
    public let lifetime: Int64
    let code: Digest
    private let bytes: [UInt8]
    /// Their places in `bytes`.
    private let kidField, nonceField: Range<Int>

    /// The key that it claims to be signed with.
    public var kid: String { String(decoding: bytes[kidField], as: UTF8.self) }
    /// 32 lowercase hexadecimal digits.
    public var nonce: String { String(decoding: bytes[nonceField], as: UTF8.self) }
    /// The last second in which it is accepted.
    public var expiresAt: Int64 { issuedAt + lifetime }

    public static let lifetimes: ClosedRange<Int64> = 1...300

    /// Nil unless `bytes` are exactly a token: six fields, no leading zeros, lowercase digits.
    public init?(parsing bytes: [UInt8]) {
        guard bytes.count <= 512 else { return nil }
        var rest = bytes[...]
        guard let version = Self.field(&rest), let kid = Self.field(&rest), let issuedAt = Self.field(&rest),
            let lifetime = Self.field(&rest), let nonce = Self.field(&rest),
            bytes[version].elementsEqual("sd1".utf8), Self.isKeyID(bytes[kid]),
            let issuedAt = Self.decimal(bytes[issuedAt]), let lifetime = Self.decimal(bytes[lifetime]),
            Self.lifetimes.contains(lifetime), nonce.count == 32, bytes[nonce].allSatisfy(Hexadecimal.isDigit),
            let code = Digest(hexadecimal: rest)
        else { return nil }
        self.issuedAt = issuedAt
        self.lifetime = lifetime
        self.code = code
        self.bytes = bytes
        kidField = kid
        nonceField = nonce
    }

    /// Removes the field before the next dot, and the dot.
    private static func field(_ rest: inout ArraySlice<UInt8>) -> Range<Int>? {
        guard let dot = rest.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        defer { rest = rest[(dot + 1)...] }
        return rest.startIndex..<dot
    }

    /// A token over exactly these body bytes, for one audience.
    ///
    /// - Parameters:
    ///   - lifetime: seconds; clamped to 1…300.
    ///   - now: Unix seconds, by the agent's clock if it is known.
    ///   - nonce: 32 lowercase hexadecimal digits, never used before.
    /// - Returns: the token as it is sent in the frame, in ASCII.
    public static func mint(
        key: KeyRecord, audience: String, body: [UInt8], lifetime: Int64 = 60, now: Int64,
        nonce: String = RandomBytes.hexadecimal(16)
    ) -> [UInt8] {
        let lifetime = min(max(lifetime, lifetimes.lowerBound), lifetimes.upperBound)
        let fields = "\(key.kid).\(now).\(lifetime).\(nonce)"
        let message = signedText(Array(fields.utf8)[...], audience: audience, body: body)
        return Array("sd1.\(fields).".utf8) + Hexadecimal.encode(key.hmac.authenticationCode(for: message))
    }

    /// The bytes that the MAC covers.
    func signedText(audience: String, body: [UInt8]) -> [UInt8] {
        // The grammar allows one spelling of each field, so these are the bytes that were signed.
        Self.signedText(bytes[kidField.lowerBound..<nonceField.upperBound], audience: audience, body: body)
    }

    /// - Parameter fields: from the kid to the nonce, joined by dots; none of them contains one.
    private static func signedText(_ fields: ArraySlice<UInt8>, audience: String, body: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(256)
        text += "schemad-request-v1\n".utf8
        text += audience.utf8
        text.append(UInt8(ascii: "\n"))
        for byte in fields { text.append(byte == UInt8(ascii: ".") ? UInt8(ascii: "\n") : byte) }
        text.append(UInt8(ascii: "\n"))
        SHA256.digest(body).appendHexadecimal(to: &text)
        return text
    }

    /// `[a-z0-9][a-z0-9_-]{0,31}`.
    package static func isKeyID(_ text: some Collection<UInt8>) -> Bool {
        guard let first = text.first, text.count <= 32, first != UInt8(ascii: "_"), first != UInt8(ascii: "-") else {
            return false
        }
        return text.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }

    /// Digits without a leading zero. Twelve are enough for thirty thousand years, and sums of two such numbers cannot
    /// overflow.
    private static func decimal(_ text: ArraySlice<UInt8>) -> Int64? {
        guard (1...12).contains(text.count), text.count == 1 || text.first != UInt8(ascii: "0"),
            text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return text.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }
}
