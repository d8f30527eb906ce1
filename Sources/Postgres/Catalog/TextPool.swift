/// Keeps one string of each text that repeats: types, names of columns, definitions of like indexes.
struct TextPool {
    private var texts: [String] = []
    /// Places in `texts`, by hash; open addressing. Negative is free.
    private var slots: [Int32] = Array(repeating: -1, count: 1024)

    /// What fits into a string without memory of its own needs no pool, and long texts hardly ever repeat.
    private static let lengths = 16...128

    mutating func text(_ bytes: Span<UInt8>) -> String {
        guard Self.lengths.contains(bytes.count) else { return String(bytes: bytes) }
        var slot = self.slot(of: bytes)
        while slots[slot] >= 0 {
            let known = texts[Int(slots[slot])]
            if known.isIdentical(to: bytes) { return known }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(texts.count)
        let text = String(bytes: bytes)
        texts.append(text)
        if texts.count * 2 > slots.count { grow() }
        return text
    }

    private func slot(of bytes: Span<UInt8>) -> Int {
        // Seeded, so that no choice of names makes the pool slow.
        var hasher = Hasher()
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return hasher.finalize() & (slots.count - 1)
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: slots.count * 2)
        for place in texts.indices {
            var slot = self.slot(of: texts[place].utf8.span)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(place)
        }
    }
}

extension String {
    fileprivate func isIdentical(to bytes: Span<UInt8>) -> Bool {
        let own = utf8.span
        guard own.count == bytes.count else { return false }
        for place in own.indices where own[place] != bytes[place] { return false }
        return true
    }
}
