import Runtime
import Testing

@Suite struct WallClockTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_767_225_600_123, "2026-01-01T00:00:00.123Z"),
            (951_827_696_999, "2000-02-29T12:34:56.999Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_767_225_600_007, "2026-01-01T00:00:00.007Z"),
        ] as [(Int64, String)])
    func text(milliseconds: Int64, text: String) {
        #expect(WallClock.text(milliseconds) == text)
    }

    @Test func theClockIsReadInTwoUnits() {
        let seconds = WallClock.seconds
        let milliseconds = WallClock.milliseconds
        #expect(milliseconds / 1000 - seconds <= 1 && milliseconds > 1_700_000_000_000)
    }

    @Test(
        arguments: [
            (.zero, 0), (.milliseconds(1), 1), (.microseconds(1999), 1), (.seconds(3) + .milliseconds(250), 3250),
            (.milliseconds(-1500), -1500),
        ] as [(Duration, Int64)])
    func milliseconds(duration: Duration, milliseconds: Int64) {
        #expect(duration.milliseconds == milliseconds)
    }
}
