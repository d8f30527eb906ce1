/// Ends the process when the condition does not hold; libFuzzer then keeps the input.
func expect(_ condition: @autoclosure () -> Bool, _ fault: @autoclosure () -> String) {
    if !condition() { fatalError("This must not happen: \(fault()).") }
}

/// Lines as Python counts them: `\n`, `\r` and `\r\n` each end one.
enum Lines {
    /// The numbers of a file's lines; an empty last one counts.
    static func range(of bytes: [UInt8]) -> ClosedRange<Int> {
        var last = 1
        for (index, byte) in bytes.enumerated() where byte == 10 || byte == 13 {
            if byte == 10 || index + 1 == bytes.count || bytes[index + 1] != 10 { last += 1 }
        }
        return 1...last
    }

    /// The same lines, ended in the other two ways; nil when some are already.
    static func withCarriageReturns(_ bytes: [UInt8]) -> (pairs: [UInt8], alone: [UInt8])? {
        if bytes.contains(13) { return nil }
        return (bytes.flatMap { $0 == 10 ? [13, 10] : [$0] }, bytes.map { $0 == 10 ? 13 : $0 })
    }
}
