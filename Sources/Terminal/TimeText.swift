/// Durations as text.
package enum TimeText {
    /// `12 ms`, `3.4 s`, `5 min 2 s`, `3 h 10 min`, `2 d 4 h`.
    package static func duration(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1000
        switch milliseconds {
        case ..<1000: return "\(milliseconds) ms"
        case ..<60_000: return "\(seconds).\(milliseconds % 1000 / 100) s"
        case ..<3_600_000: return "\(seconds / 60) min \(seconds % 60) s"
        case ..<86_400_000: return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        default: return "\(seconds / 86_400) d \(seconds % 86_400 / 3600) h"
        }
    }
}
