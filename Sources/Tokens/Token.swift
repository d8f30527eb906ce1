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
    /// From the kid to the nonce, as the MAC covers them: joined by LF.
    private let signedFields: [UInt8]

    /// The last second in which it is accepted.
    public var expiresAt: Int64 { issuedAt + lifetime }

    public static let lifetimes: ClosedRange<Int64> = 1...300

    /// Nil unless `bytes` are exactly a token: six fields, no leading zeros, lowercase digits.
    public init?(parsing bytes: [UInt8]) {
        guard bytes.count <= 512 else { return nil }
        var dots: [Int] = []
        dots.reserveCapacity(5)
        for place in bytes.indices where bytes[place] == UInt8(ascii: ".") {
            guard dots.count < 5 else { return nil }
            dots.append(place)
        }
        guard dots.count == 5 else { return nil }
        let (kid, nonce) = (bytes[(dots[0] + 1)..<dots[1]], bytes[(dots[3] + 1)..<dots[4]])
        guard bytes[..<dots[0]].elementsEqual("sd1".utf8), Self.isKeyID(kid),
            let issuedAt = Self.decimal(bytes[(dots[1] + 1)..<dots[2]]),
            let lifetime = Self.decimal(bytes[(dots[2] + 1)..<dots[3]]), Self.lifetimes.contains(lifetime),
            nonce.count == 32, nonce.allSatisfy(Hexadecimal.isDigit),
            let code = Hexadecimal.decode(bytes[(dots[4] + 1)...]), code.count == SHA256.length
        else { return nil }
        self.kid = String(decoding: kid, as: UTF8.self)
        self.issuedAt = issuedAt
        self.lifetime = lifetime
        self.nonce = String(decoding: nonce, as: UTF8.self)
        self.code = code
        // The grammar leaves one spelling of each field, so that these are the bytes that were signed.
        var fields = Array(bytes[(dots[0] + 1)..<dots[4]])
        for dot in dots[1...3] { fields[dot - dots[0] - 1] = UInt8(ascii: "\n") }
        signedFields = fields
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
        let fields = "\(key.kid).\(now).\(lifetime).\(nonce)"
        let message = signedText(
            Array(fields.replacing(".", with: "\n").utf8), audience: audience, body: body)
        return Array("sd1.\(fields).".utf8) + Hexadecimal.encode(key.hmac.authenticationCode(for: message))
    }

    /// What the MAC covers.
    func signedText(audience: String, body: [UInt8]) -> [UInt8] {
        Self.signedText(signedFields, audience: audience, body: body)
    }

    private static func signedText(_ fields: [UInt8], audience: String, body: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(200)
        text += "schemad-request-v1\n".utf8
        text += audience.utf8
        text.append(UInt8(ascii: "\n"))
        text += fields
        text.append(UInt8(ascii: "\n"))
        text += Hexadecimal.encode(SHA256.hash(body))
        return text
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
