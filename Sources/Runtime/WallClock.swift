import FoundationEssentials
import Glibc

/// The system's wall clock and its written form.
package enum WallClock {
    /// Unix time in milliseconds.
    package static var milliseconds: Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Unix time in seconds.
    package static var seconds: Int64 { milliseconds / 1000 }

    /// RFC 3339 in UTC, as `2026-01-01T00:00:00.000Z`.
    ///
    /// - Parameter milliseconds: Unix time.
    package static func text(_ milliseconds: Int64) -> String {
        // Whole seconds only: as a floating-point number, 0.123 s is formatted as 122 ms.
        let (seconds, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let (second, rest) = fraction < 0 ? (seconds - 1, fraction + 1000) : (seconds, fraction)
        let text = Date(timeIntervalSince1970: Double(second)).formatted(Date.ISO8601FormatStyle())
        let digits = String(rest)
        return text.dropLast() + "." + String(repeating: "0", count: 3 - digits.count) + digits + "Z"
    }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero.
    package var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
