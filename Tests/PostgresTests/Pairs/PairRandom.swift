/// A random number generator with a fixed sequence for each seed (SplitMix64).
struct PairRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: Int, number: Int) {
        state = UInt64(truncatingIfNeeded: seed)
        // Mixed, or the numbers of one pair would be those of the one before, moved by one.
        state = next() &+ UInt64(truncatingIfNeeded: number)
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True in one of `count` cases.
    mutating func oneIn(_ count: Int) -> Bool { number(0..<count) == 0 }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(0..<elements.count)] }
}
