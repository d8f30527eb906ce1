import Testing

@testable import Tokens

@Suite struct PrimitiveTests {
    private func hex(_ bytes: [UInt8]) -> String { String(decoding: Hexadecimal.encode(bytes), as: UTF8.self) }

    /// FIPS 180-2, appendix B, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]) func sha256(_ text: String, _ digest: String) {
        #expect(hex(SHA256.hash(Array(text.utf8))) == digest)
    }

    /// RFC 4231, test cases 1, 2, 3, 6.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ]) func hmac(_ secret: [UInt8], _ message: [UInt8], _ code: String) throws {
        let digest = try #require(Digest(hexadecimal: Array(code.utf8)[...]))
        for startsAnew in [true, false] {
            let key = try #require(HMACKey(secret, startsAnew: startsAnew))
            #expect(hex(key.authenticationCode(for: message)) == code)
            // The next message starts anew.
            #expect(hex(key.authenticationCode(for: message)) == code)
            #expect(digest.isSame(as: key.code(of: message)) && !digest.isSame(as: key.code(of: [])))
        }
    }

    @Test func anEmptyKeyIsNone() { #expect(HMACKey([]) == nil) }

    @Test(
        arguments: [
            ([], [], true), ([1], [1], true), ([1], [2], false), ([1], [1, 1], false), ([], [0], false),
            ([1, 2, 3], [1, 2, 4], false),
        ] as [([UInt8], [UInt8], Bool)]) func comparison(_ left: [UInt8], _ right: [UInt8], _ equal: Bool)
    {
        #expect(constantTimeEquals(left, right) == equal)
    }

    @Test(arguments: 0...66) func base64URLThereAndBack(_ count: Int) {
        let bytes = RandomBytes.make(count)
        let text = Base64URL.encode(bytes)
        #expect(Base64URL.decode(text.utf8) == bytes)
        #expect(!text.contains("="))
    }

    /// Padding, the other alphabet, spaces, an impossible length, and stray bits in the last character.
    @Test(arguments: ["AA==", "AA=", "+A", "/A", "A A", "A", "AAAAA", "AB", "AAB", "AA\n"]) func base64URLRefuses(
        _ text: String
    ) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }

    @Test(arguments: ["0", "0G", "AB", "a b", "+1"]) func hexadecimalRefuses(_ text: String) {
        #expect(Hexadecimal.decode(text.utf8) == nil)
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-01-01T00:00:00Z", 1_767_225_600), ("2000-02-29T12:34:56z", 951_827_696),
            ("2026-01-01t01:00:00+01:00", 1_767_225_600), ("2025-12-31 19:30:00-04:30", 1_767_225_600),
            ("1969-12-31T23:59:59.999Z", -1), ("2016-12-31T23:59:60Z", 1_483_228_799),
            ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] as [(String, Int64)]) func times(_ text: String, _ seconds: Int64)
    {
        #expect(UnixTime.seconds(rfc3339: text) == seconds)
    }

    @Test(arguments: [
        "", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00Zx", "26-01-01T00:00:00Z", "2026-01-01T00:00:00+01",
        "٢٠٢٦-01-01T00:00:00Z",
    ]) func badTimes(_ text: String) {
        #expect(UnixTime.seconds(rfc3339: text) == nil)
    }
}
