import CLibPQ

/// Owns a libpq result and frees it.
@safe struct ResultHandle: ~Copyable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe PQclear(pointer)
    }

    /// The number of rows.
    var count: CInt { unsafe PQntuples(pointer) }

    /// A field of an error, nil when the server sent none.
    func field(_ code: CInt) -> String? {
        unsafe text(PQresultErrorField(pointer, code))
    }
}

/// The result of a statement: rows of text values, nil for NULL.
public struct Rows: Sendable, Hashable {
    public var columns: [String] = []
    public var values: [[String?]] = []

    public var count: Int { values.count }
    public var isEmpty: Bool { values.isEmpty }
    /// The first value of the first row, nil when there is no row or the value is NULL.
    public var value: String? { values.first?.first ?? nil }

    public init() {}

    init(_ result: borrowing ResultHandle) {
        let fields = unsafe PQnfields(result.pointer)
        columns = (0..<fields).map { unsafe text(PQfname(result.pointer, $0)) ?? "" }
        values = (0..<result.count).map { index in
            let row = Row(result, index)
            return (0..<Int(fields)).map { row.text($0) }
        }
    }
}

/// One row of a result, in libpq's memory. Reading a field copies it. NULL reads as nil, false or 0.
///
/// A row is valid only during the call of the body that receives it.
@safe struct Row: ~Copyable {
    private let result: OpaquePointer
    private let index: CInt

    init(_ result: borrowing ResultHandle, _ index: CInt) {
        unsafe self.result = unsafe result.pointer
        self.index = index
    }

    func isNull(_ field: Int) -> Bool {
        unsafe PQgetisnull(result, index, CInt(field)) == 1
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
                // Negative numbers are built below zero: the smallest one has no positive counterpart.
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
                    // In an empty array the brace follows at once.
                    if place > 1 { numbers.append(sign &* value) }
                    (value, sign) = (0, 1)
                default: break
                }
            }
            return numbers
        }
    }

    /// The bytes of the field's text; none for NULL.
    func withBytes<R>(_ field: Int, _ body: (Span<UInt8>) -> R) -> R {
        let count = unsafe Int(PQgetlength(result, index, CInt(field)))
        // For NULL libpq has a length of 0 and a pointer to an empty text.
        guard let value = unsafe PQgetvalue(result, index, CInt(field)) else { return body(Span()) }
        return unsafe value.withMemoryRebound(to: UInt8.self, capacity: count) { start in
            unsafe body(UnsafeBufferPointer(start: start, count: count).span)
        }
    }
}

extension String {
    /// Decodes UTF-8; invalid sequences become U+FFFD.
    init(bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
