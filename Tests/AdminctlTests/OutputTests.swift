import Testing

@testable import AdminCommands

@Suite struct OutputTests {
    @Test(
        arguments: [("500ms", 500), ("90s", 90_000), ("15m", 900_000), ("2h", 7_200_000), ("1d", 86_400_000)]
            as [(String, Int64)])
    func durationArguments(_ text: String, _ milliseconds: Int64) {
        #expect(DurationArgument(argument: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "5", "m", "0s", "-1s", "1.5m", "1 m", "1w", "9999999999999999999s", "9223372036854775807d", "١m",
    ])
    func badDurationArguments(_ text: String) {
        #expect(DurationArgument(argument: text) == nil)
    }

    @Test func textFromADatabaseCannotControlTheTerminal() {
        let console = Console()
        #expect(
            !console.plain("a\u{1B}[31m\u{9B}b\r\n\u{202E}").unicodeScalars.contains {
                $0.value < 0x20 || $0.value == 0x9B || $0.value == 0x202E
            })
        #expect(console.rows([nil, "", "a"]) == "NULL, '', a")
        #expect(console.rows([]) == "none")
        #expect(console.rows(nil) == "not known")
    }
}
