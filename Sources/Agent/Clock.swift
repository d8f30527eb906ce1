import FoundationEssentials
import Glibc

/// The wall clock and its written form. Times on the wire are RFC 3339 UTC; times in the journal are Unix milliseconds.
enum WallClock {
    /// Unix time in milliseconds.
    static var milliseconds: Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Unix time in seconds.
    static var seconds: Int64 { milliseconds / 1000 }

    /// `2026-01-01T00:00:00.000Z`.
    static func text(_ milliseconds: Int64) -> String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
