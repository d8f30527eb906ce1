/// Shares one string among equal texts: types, column names, definitions of similar indexes.
struct TextPool {
    private var texts: [String] = []
    /// Indexes into `texts`, by hash, with open addressing. A negative value marks a free slot.
    private var slots: [Int32] = Array(repeating: -1, count: 1024)

    /// Shorter texts are stored inside the string itself and need no pool; longer texts rarely repeat.
    private static let lengths = 16...128

    mutating func text(_ bytes: Span<UInt8>) -> String {
        guard Self.lengths.contains(bytes.count) else { return String(bytes: bytes) }
        var slot = self.slot(of: bytes)
        while slots[slot] >= 0 {
            let known = texts[Int(slots[slot])]
            if known.equals(bytes) { return known }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(texts.count)
        let text = String(bytes: bytes)
        texts.append(text)
        if texts.count * 2 > slots.count { grow() }
        return text
    }

    private func slot(of bytes: Span<UInt8>) -> Int {
        // Hasher is seeded per process, so that no choice of names can make the pool slow.
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
    fileprivate func equals(_ bytes: Span<UInt8>) -> Bool {
        let own = utf8.span
        guard own.count == bytes.count else { return false }
        for place in own.indices where own[place] != bytes[place] { return false }
        return true
    }
}
