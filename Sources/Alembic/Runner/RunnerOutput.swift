/// Splits a stream of bytes into lines, each at most `limit` bytes long.
struct LineSplitter {
    let limit: Int
    private var pending: [UInt8] = []
    /// Whether a line was longer than the limit; no further lines are returned then.
    private(set) var overflowed = false

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes the next bytes; returns the lines that are complete now, without their line breaks.
    mutating func append(_ bytes: [UInt8]) -> [[UInt8]] {
        guard !overflowed else { return [] }
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(pending + rest[..<end])
            pending = []
            rest = rest[(end + 1)...]
        }
        pending += rest
        if pending.count > limit {
            overflowed = true
            pending = []
        }
        return lines
    }
}

/// Keeps the end of a stream of any length.
struct OutputTail {
    /// In bytes.
    let limit: Int
    private var bytes: [UInt8] = []

    init(limit: Int) {
        self.limit = limit
    }

    mutating func append(_ more: [UInt8]) {
        bytes += more
        // Cut rarely, so that each byte is moved a bounded number of times.
        if bytes.count > 2 * limit { bytes.removeFirst(bytes.count - limit) }
    }

    /// Whole lines, at most `limit` bytes of them.
    var text: String {
        var end = bytes.suffix(limit)
        if end.count < bytes.count, let first = end.firstIndex(of: UInt8(ascii: "\n")) { end = end[(first + 1)...] }
        return String(decoding: end, as: UTF8.self)
    }
}
