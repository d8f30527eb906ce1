import Digests
import FoundationEssentials
import Support
import Testing

@testable import Tokens

/// The vectors in `proto/vectors/tokens.json`.
struct TokenVectors: Decodable {
    struct Key: Decodable {
        let kid: String, hex: String
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String, token: String, body: String, audience: String, now: Int64, expect: String
        var testDescription: String { name }
    }

    let key: Key
    let cases: [Case]

    static func load() throws -> TokenVectors {
        let file = URL(filePath: "\(RepositoryRoot.path)/proto/vectors/tokens.json")
        return try JSONDecoder().decode(TokenVectors.self, from: Data(contentsOf: file))
    }
}

/// Keys for tests.
enum TestKeys {
    static func ring(
        kid: String, secret: [UInt8], notBefore: Int64? = nil, notAfter: Int64? = nil
    ) throws -> KeyRing {
        let record = KeyRecord(
            kid: kid, scopes: ["read"], databases: nil, uids: nil, gids: nil, notBefore: notBefore, notAfter: notAfter,
            hmac: try #require(HMACKey(secret)))
        return KeyRing(records: [record], dummy: try #require(HMACKey(RandomBytes.make(32))))
    }
}

@Suite struct TokenTests {
    static let vectors = (try? TokenVectors.load())?.cases ?? []

    static func ring() throws -> KeyRing {
        let key = try TokenVectors.load().key
        let secret = try #require(Hexadecimal.decode(key.hex.utf8))
        return try TestKeys.ring(kid: key.kid, secret: secret)
    }

    @Test func allVectorsAreRead() { #expect(Self.vectors.count >= 20) }

    @Test(arguments: vectors) func vector(_ vector: TokenVectors.Case) throws {
        let ring = try Self.ring()
        let outcome: String
        do {
            let verified = try ring.verify(
                Array(vector.token.utf8), body: Array(vector.body.utf8), audience: vector.audience, now: vector.now)
            outcome = "ok"
            #expect(verified.key.kid == "deploy1")
        } catch {
            outcome = "\(error)"
        }
        #expect(outcome == vector.expect)
    }

    /// Mints the token of the first vector from its parts.
    @Test func mintingGivesTheVectorsBytes() throws {
        let first = try #require(Self.vectors.first)
        let minted = Token.mint(
            key: try Self.ring().records[0], audience: first.audience, body: Array(first.body.utf8), lifetime: 60,
            now: first.now, nonce: "000102030405060708090a0b0c0d0e0f")
        #expect(String(decoding: minted, as: UTF8.self) == first.token)
    }

    @Test func whatIsMintedIsAccepted() throws {
        let ring = try Self.ring()
        let body = Array("{}".utf8)
        let first = Token.mint(key: ring.records[0], audience: "a", body: body, now: 1_800_000_000)
        let second = Token.mint(key: ring.records[0], audience: "a", body: body, now: 1_800_000_000)
        #expect(first != second)
        let verified = try ring.verify(first, body: body, audience: "a", now: 1_800_000_000)
        #expect(verified.token.issuedAt == 1_800_000_000 && verified.token.expiresAt == 1_800_000_060)
        #expect(verified.token.nonce.count == 32)
    }

    @Test(arguments: [(-5, 1), (0, 1), (1, 1), (300, 300), (4000, 300)] as [(Int64, Int64)])
    func lifetimesAreClamped(_ asked: Int64, _ got: Int64) throws {
        let token = Token.mint(key: try Self.ring().records[0], audience: "a", body: [1], lifetime: asked, now: 5)
        #expect(Token(parsing: token)?.lifetime == got)
    }

    /// A token with any single changed byte is refused.
    @Test func everyByteCounts() throws {
        let ring = try Self.ring()
        let token = Token.mint(key: ring.records[0], audience: "a", body: [1], now: 1_800_000_000)
        for index in token.indices {
            var changed = token
            changed[index] ^= 1
            #expect(throws: TokensError.unauthenticated) {
                try ring.verify(changed, body: [1], audience: "a", now: 1_800_000_000)
            }
        }
    }

    @Test(arguments: [
        "", "sd1", "sd1.....", "sd2.k.1.60.%n.%m", "sd1.k.1.60.%n.%m ", " sd1.k.1.60.%n.%m", "sd1.k.1.60.%n.%m\n",
        "sd1.k.+1.60.%n.%m",
        "sd1.k.-1.60.%n.%m", "sd1.k.1.060.%n.%m", "sd1.k.1.6e1.%n.%m", "sd1..1.60.%n.%m", "sd1._k.1.60.%n.%m",
        "sd1.-k.1.60.%n.%m",
        "sd1.k.1234567890123.60.%n.%m", "sd1.k.99999999999999999999.60.%n.%m", "sd1.k.1.60.%n.%m0", "sd1.k.1.60.%n0.%m",
        "sd1.k.1.60..%m",
        "sd1.k.1.60.%n.", "sd1.k.1..%n.%m", "sd1.k..60.%n.%m", "sd1.kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk.1.60.%n.%m",
    ]) func grammarRefuses(_ template: String) {
        #expect(Token(parsing: Self.filled(template)) == nil)
    }

    @Test(arguments: [
        "sd1.k.1.60.%n.%m", "sd1.0.0.1.%n.%m", "sd1.a_-9.999999999999.300.%n.%m",
        "sd1.kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk.1.60.%n.%m",
    ]) func grammarAccepts(_ template: String) {
        #expect(Token(parsing: Self.filled(template)) != nil)
    }

    private static func filled(_ template: String) -> [UInt8] {
        template.utf8.reduce(into: (bytes: [UInt8](), isMarked: false)) { state, byte in
            switch (state.isMarked, byte) {
            case (false, UInt8(ascii: "%")): state.isMarked = true
            case (true, let kind):
                state.bytes += Array(repeating: UInt8(ascii: "a"), count: kind == UInt8(ascii: "n") ? 32 : 64)
                state.isMarked = false
            default: state.bytes.append(byte)
            }
        }.bytes
    }

    /// The order of the protocol: the MAC before the clock, so that only the owner of the key learns that it expired.
    @Test func expiryIsReportedToTheOwnerOnly() throws {
        let ring = try Self.ring()
        var token = Token.mint(key: ring.records[0], audience: "a", body: [1], now: 1000)
        #expect(throws: TokensError.tokenExpired) { try ring.verify(token, body: [1], audience: "a", now: 2000) }
        token[token.count - 1] ^= 1
        #expect(throws: TokensError.unauthenticated) { try ring.verify(token, body: [1], audience: "a", now: 2000) }
    }

    /// A key outside its validity is treated like an unknown key.
    @Test(arguments: [(999, false), (1000, true), (1010, true), (1011, false)] as [(Int64, Bool)])
    func keysHaveAValidity(_ now: Int64, _ isGood: Bool) throws {
        let ring = try TestKeys.ring(kid: "k", secret: Array(0..<32), notBefore: 1000, notAfter: 1010)
        let token = Token.mint(key: ring.records[0], audience: "a", body: [1], now: now)
        let outcome = Result { try ring.verify(token, body: [1], audience: "a", now: now) }
        switch outcome {
        case .success: #expect(isGood)
        case .failure(let error):
            #expect(!isGood)
            #expect(error as? TokensError == .unauthenticated)
        }
    }

    /// Many threads share one ring, as the agent's event loops do.
    @Test func manyThreadsShareAKey() async throws {
        let ring = try Self.ring()
        let accepted = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    (0..<500).count { number in
                        let body = Array("\(worker) \(number)".utf8)
                        let token = Token.mint(key: ring.records[0], audience: "a", body: body, now: 1)
                        return (try? ring.verify(token, body: body, audience: "a", now: 1)) != nil
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(accepted == 4000)
    }
}
