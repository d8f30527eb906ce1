import CLibPQ

/// An answer of the server: rows of text values, nil for NULL.
public struct Rows: Sendable, Hashable {
    public var columns: [String]
    public var values: [[String?]]
    /// How many rows a statement changed or returned, 0 where that makes no sense.
    public var affected: Int

    public var count: Int { values.count }
    public var isEmpty: Bool { values.isEmpty }
    /// The first value of the first row, nil when there is none or it is NULL.
    public var value: String? { values.first?.first ?? nil }

    public init(columns: [String], values: [[String?]], affected: Int) {
        self.columns = columns
        self.values = values
        self.affected = affected
    }

    init(_ answer: borrowing Answer) {
        let fields = unsafe PQnfields(answer.pointer)
        columns = (0..<fields).map { unsafe text(PQfname(answer.pointer, $0)) ?? "" }
        values = (0..<answer.count).map { index in
            let row = Row(answer, index)
            return (0..<Int(fields)).map { row.text($0) }
        }
        affected = unsafe text(PQcmdTuples(answer.pointer)).flatMap { Int($0) } ?? 0
    }
}

extension Answer {
    /// How many rows it has.
    var count: CInt { unsafe PQntuples(pointer) }
}

/// One row of an answer, where libpq keeps it: a value becomes a string only when it is asked for. It is lent to a body
/// and not to be kept. NULL reads as nil, false or 0.
@safe struct Row: ~Copyable {
    private let answer: OpaquePointer
    private let index: CInt

    init(_ answer: borrowing Answer, _ index: CInt) {
        unsafe self.answer = unsafe answer.pointer
        self.index = index
    }

    func isNull(_ field: Int) -> Bool {
        unsafe PQgetisnull(answer, index, CInt(field)) == 1
    }

    func text(_ field: Int) -> String? {
        isNull(field) ? nil : withBytes(field) { String(bytes: $0) }
    }

    /// The first byte, for booleans and values of the type `"char"`.
    func letter(_ field: Int) -> UInt8 {
        withBytes(field) { $0.isEmpty ? 0 : $0[0] }
    }

    func isTrue(_ field: Int) -> Bool {
        letter(field) == UInt8(ascii: "t")
    }

    /// A decimal number that fits into its type.
    func number<Number: FixedWidthInteger>(_ field: Int, as type: Number.Type = Number.self) -> Number {
        withBytes(field) { bytes in
            let isNegative = !bytes.isEmpty && bytes[0] == UInt8(ascii: "-")
            var value: Number = 0
            for place in (isNegative ? 1 : 0)..<bytes.count {
                let digit = Number(truncatingIfNeeded: bytes[place] &- UInt8(ascii: "0"))
                // There is one number more below zero than above, hence no change of sign at the end.
                value = isNegative ? value &* 10 &- digit : value &* 10 &+ digit
            }
            return value
        }
    }

    /// An array of `smallint`, written as `{1,-2}`; empty for NULL.
    func numbers(_ field: Int) -> [Int16] {
        withBytes(field) { bytes in
            var numbers: [Int16] = []
            var (value, sign): (Int16, Int16) = (0, 1)
            for place in bytes.indices {
                switch bytes[place] {
                case UInt8(ascii: "0")...UInt8(ascii: "9"):
                    value = value &* 10 &+ Int16(bytes[place] &- UInt8(ascii: "0"))
                case UInt8(ascii: "-"): sign = -1
                case UInt8(ascii: ","), UInt8(ascii: "}"):
                    // An empty array has no number before its end.
                    if place > 1 { numbers.append(sign &* value) }
                    (value, sign) = (0, 1)
                default: break
                }
            }
            return numbers
        }
    }

    /// The text's bytes; none for NULL.
    func withBytes<R>(_ field: Int, _ body: (Span<UInt8>) -> R) -> R {
        let count = unsafe Int(PQgetlength(answer, index, CInt(field)))
        // NULL has a length of 0, and a pointer to an empty text.
        guard let value = unsafe PQgetvalue(answer, index, CInt(field)) else { return body(Span()) }
        return unsafe value.withMemoryRebound(to: UInt8.self, capacity: count) { start in
            unsafe body(UnsafeBufferPointer(start: start, count: count).span)
        }
    }
}

extension String {
    /// UTF-8, repaired where it is none.
    init(bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
