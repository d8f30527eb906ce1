/// A token that has the right grammar: `sd1.<kid>.<iat>.<ttl>.<nonce>.<mac>`. Nothing about it is proven yet.
public struct Token: Hashable, Sendable {
    /// Which key it claims to be made with.
    public let kid: String
    /// Unix seconds.
    public let issuedAt: Int64
    /// Seconds, 1…300.
    public let lifetime: Int64
    /// 32 lowercase hexadecimal digits.
    public let nonce: String
    /// 32 bytes.
    let code: [UInt8]

    /// The last second in which it is accepted.
    public var expiresAt: Int64 { issuedAt + lifetime }

    public static let lifetimes: ClosedRange<Int64> = 1...300

    /// Nil unless `bytes` are exactly a token: six fields, no leading zeros, lowercase digits.
    public init?(parsing bytes: [UInt8]) {
        guard bytes.count <= 512 else { return nil }
        let fields = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0].elementsEqual("sd1".utf8), Self.isKeyID(fields[1]),
            let issuedAt = Self.decimal(fields[2]),
            let lifetime = Self.decimal(fields[3]), Self.lifetimes.contains(lifetime),
            fields[4].count == 32, Hexadecimal.decode(fields[4]) != nil,
            let code = Hexadecimal.decode(fields[5]), code.count == SHA256.length
        else { return nil }
        kid = String(decoding: fields[1], as: UTF8.self)
        self.issuedAt = issuedAt
        self.lifetime = lifetime
        nonce = String(decoding: fields[4], as: UTF8.self)
        self.code = code
    }

    /// A token over exactly these body bytes, for one audience.
    ///
    /// - Parameters:
    ///   - lifetime: seconds; brought into 1…300.
    ///   - now: Unix seconds, by the agent's clock where it is known.
    ///   - nonce: 32 lowercase hexadecimal digits, never used before.
    /// - Returns: the token as it goes into the frame, ASCII.
    public static func mint(
        key: KeyRecord, audience: String, body: [UInt8], lifetime: Int64 = 60, now: Int64,
        nonce: String = RandomBytes.hexadecimal(16)
    ) -> [UInt8] {
        let lifetime = min(max(lifetime, lifetimes.lowerBound), lifetimes.upperBound)
        let message = signedText(
            audience: audience, kid: key.kid, issuedAt: now, lifetime: lifetime, nonce: nonce, body: body)
        let fields = "sd1.\(key.kid).\(now).\(lifetime).\(nonce)."
        return Array(fields.utf8) + Hexadecimal.encode(key.hmac.authenticationCode(for: message))
    }

    /// What the MAC covers.
    func signedText(audience: String, body: [UInt8]) -> [UInt8] {
        Self.signedText(
            audience: audience, kid: kid, issuedAt: issuedAt, lifetime: lifetime, nonce: nonce, body: body)
    }

    private static func signedText(
        audience: String, kid: String, issuedAt: Int64, lifetime: Int64, nonce: String, body: [UInt8]
    ) -> [UInt8] {
        let fields = "schemad-request-v1\n\(audience)\n\(kid)\n\(issuedAt)\n\(lifetime)\n\(nonce)\n"
        return Array(fields.utf8) + Hexadecimal.encode(SHA256.hash(body))
    }

    /// `[a-z0-9][a-z0-9_-]{0,31}`.
    static func isKeyID(_ text: some Collection<UInt8>) -> Bool {
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
