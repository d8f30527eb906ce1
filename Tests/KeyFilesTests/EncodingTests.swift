import KeyFiles
import Testing
import Tokens

@Suite struct Base64URLTests {
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
}

@Suite struct UnixTimeTests {
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
