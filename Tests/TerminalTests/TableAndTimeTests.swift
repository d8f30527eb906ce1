import Testing

@testable import Terminal

@Suite struct TableAndTimeTests {
    @Test(
        arguments: [
            (0, "0 ms"), (999, "999 ms"), (1000, "1.0 s"), (59_999, "59.9 s"), (60_000, "1 min 0 s"),
            (3_599_999, "59 min 59 s"),
            (3_723_000, "1 h 2 min"), (86_400_000, "1 d 0 h"),
        ] as [(Int64, String)]) func durations(_ milliseconds: Int64, _ text: String)
    {
        #expect(TimeText.duration(milliseconds) == text)
    }

    @Test func columnsAreAligned() {
        var table = Table()
        table.add(["a", "", "long text", ""])
        table.add([("abc", "<abc>"), ("", ""), ("b", "b"), ("", "")])
        table.add(["é", "", "", "end"])
        #expect(table.lines() == ["  a    long text", "  <abc>  b", "  é               end"])
        #expect(Table().isEmpty && Table().lines().isEmpty)
    }
}
