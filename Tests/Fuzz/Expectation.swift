/// Aborts the process if the condition is false; libFuzzer then keeps the input.
func expect(_ condition: @autoclosure () -> Bool, _ fault: @autoclosure () -> String) {
    if !condition() { fatalError("This must not happen: \(fault()).") }
}

/// Lines as Python counts them: `\n`, `\r` and `\r\n` each end one.
enum Lines {
    /// The numbers of a file's lines, including an empty last line.
    static func range(of bytes: [UInt8]) -> ClosedRange<Int> {
        var last = 1
        for (index, byte) in bytes.enumerated() where byte == 10 || byte == 13 {
            if byte == 10 || index + 1 == bytes.count || bytes[index + 1] != 10 { last += 1 }
        }
        return 1...last
    }

    /// The same lines with the other two line ends; nil if the file already has a carriage return.
    static func withCarriageReturns(_ bytes: [UInt8]) -> (pairs: [UInt8], alone: [UInt8])? {
        if bytes.contains(13) { return nil }
        return (bytes.flatMap { $0 == 10 ? [13, 10] : [$0] }, bytes.map { $0 == 10 ? 13 : $0 })
    }
}
