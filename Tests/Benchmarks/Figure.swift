/// One measured figure with its target, as the texts of a table row.
struct Figure {
    let name: String
    let measured: String
    let value: String
    let target: String
    let isMet: Bool

    /// How many times as fast `ours` is as `theirs`.
    static func ratio(
        _ name: String, _ ours: Duration, _ other: String, _ theirs: Duration, atLeast target: Double
    ) -> Figure {
        let ratio = theirs / ours
        return Figure(
            name: name, measured: "\(milliseconds(ours)) (\(other) \(milliseconds(theirs)))",
            value: "\(decimal(ratio, digits: 0)) × as fast", target: "at least \(decimal(target, digits: 0)) ×",
            isMet: ratio >= target)
    }

    /// How many times as long `ours` takes as `theirs`.
    static func times(
        _ name: String, _ ours: Duration, _ other: String, _ theirs: Duration, atMost target: Double
    ) -> Figure {
        let ratio = ours / theirs
        return Figure(
            name: name, measured: "\(milliseconds(ours)) (\(other) \(milliseconds(theirs)))",
            value: "\(decimal(ratio, digits: 1)) × as long",
            target: "at most \(decimal(target, digits: target == target.rounded() ? 0 : 1)) ×", isMet: ratio <= target)
    }

    /// How many times as long a response takes; both arguments are responses per second.
    static func slowness(
        _ name: String, _ ours: Double, _ other: String, _ theirs: Double, atMost target: Double
    ) -> Figure {
        Figure(
            name: name, measured: "\(perSecond(ours)) (\(other) \(perSecond(theirs)))",
            value: "\(decimal(theirs / ours, digits: 1)) × as long", target: "at most \(decimal(target, digits: 0)) ×",
            isMet: theirs / ours <= target)
    }

    /// The part of the other program's responses per second.
    static func rate(
        _ name: String, _ ours: Double, _ other: String, _ theirs: Double, atLeast target: Double
    ) -> Figure {
        Figure(
            name: name, measured: "\(perSecond(ours)) (\(other) \(perSecond(theirs)))",
            value: "\(decimal(ours / theirs * 100, digits: 0)) % of it",
            target: "at least \(decimal(target * 100, digits: 0)) %", isMet: ours / theirs >= target)
    }

    static func duration(_ name: String, _ duration: Duration, atMost target: Duration) -> Figure {
        Figure(
            name: name, measured: "", value: milliseconds(duration), target: "at most \(milliseconds(target))",
            isMet: duration <= target)
    }

    static func bytes(_ name: String, _ bytes: Int, atMost target: Int) -> Figure {
        let megabytes = Double(bytes) / 1_000_000
        return Figure(
            name: name, measured: "", value: "\(decimal(megabytes, digits: 1)) MB",
            target: "at most \(decimal(Double(target) / 1_000_000, digits: 0)) MB", isMet: bytes <= target)
    }

    /// A table with a heading and aligned columns.
    static func table(_ figures: [Figure]) -> String {
        let rows =
            [["figure", "medians", "value", "target", "met"]]
            + figures.map { [$0.name, $0.measured, $0.value, $0.target, $0.isMet ? "yes" : "no"] }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
                .joined(separator: "   ")
        }.joined(separator: "\n")
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let value = duration / .milliseconds(1)
        return "\(decimal(value, digits: value < 20 ? 1 : 0)) ms"
    }

    private static func perSecond(_ rate: Double) -> String {
        rate < 10_000 ? "\(decimal(rate, digits: 0))/s" : "\(decimal(rate / 1_000, digits: 0)) k/s"
    }

    private static func decimal(_ value: Double, digits: Int) -> String {
        let scale = digits == 0 ? 1.0 : 10.0
        let tenths = Int((value * scale).rounded())
        return digits == 0 ? "\(tenths)" : "\(tenths / 10).\(tenths % 10)"
    }
}
