import Settings
import Testing

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("500ms", .milliseconds(500)), ("3s", .seconds(3)), ("15m", .seconds(900)), ("1h", .seconds(3600)),
            ("0", .zero), ("0s", .zero),
        ] as [(String, Duration)])
    func aDuration(text: String, expected: Duration) {
        #expect(Duration(settingsText: text) == expected)
    }

    @Test(arguments: ["", "3", "s", "-1s", "1.5s", "3 s", "3d", "1h30m", "31536001s", "99999999999999999999s", "٣s"])
    func anythingElse(text: String) {
        #expect(Duration(settingsText: text) == nil)
    }
}
