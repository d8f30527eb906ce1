import Digests
import Testing

@Suite struct DigestTests {
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

    @Test(arguments: ["0", "0G", "AB", "a b", "+1"]) func hexadecimalRefuses(_ text: String) {
        #expect(Hexadecimal.decode(text.utf8) == nil)
    }

    @Test func hexadecimalThereAndBack() {
        let bytes = Array(UInt8.min...UInt8.max)
        #expect(Hexadecimal.decode(bytes.hexadecimal.utf8) == bytes)
        #expect(bytes.hexadecimal.hasPrefix("000102") && bytes.hexadecimal.hasSuffix("fdfeff"))
    }

    @Test func digestsAreReadAndWritten() throws {
        let digest = SHA256.digest(Array("abc".utf8))
        var text: [UInt8] = []
        digest.appendHexadecimal(to: &text)
        let again = try #require(Digest(hexadecimal: text[...]))
        #expect(digest.isSame(as: again) && again.array == digest.array)
        #expect(digest.array.hexadecimal.utf8.elementsEqual(text))
        for index in text.indices {
            var changed = text
            changed[index] = text[index] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            #expect(Digest(hexadecimal: changed[...])?.isSame(as: digest) == false)
            changed[index] = UInt8(ascii: "G")
            #expect(Digest(hexadecimal: changed[...]) == nil)
        }
        #expect(Digest(hexadecimal: text.dropLast()) == nil)
    }
}
