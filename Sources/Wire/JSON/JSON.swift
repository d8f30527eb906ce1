import Text

/// A JSON value that keeps the order of members, compares names as bytes (NFC and NFD spellings are two names) and
/// distinguishes integers from other numbers.
public enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that fits into 64 bits.
    case integer(Int64)
    /// Every other number; always finite.
    case number(Double)
    case string(String)
    case array([JSON])
    case object(Object)

    /// The members of an object, in order.
    public struct Object: Hashable, Sendable {
        public struct Member: Hashable, Sendable {
            public var name: String
            public var value: JSON

            public init(_ name: String, _ value: JSON) {
                self.name = name
                self.value = value
            }

            public static func == (left: Member, right: Member) -> Bool {
                left.name.hasSameBytes(as: right.name) && left.value == right.value
            }

            public func hash(into hasher: inout Hasher) {
                hasher.combine(name)
                hasher.combine(value)
            }
        }

        public var members: [Member]

        public init(_ members: [Member] = []) {
            self.members = members
        }

        /// The member whose name has exactly these bytes.
        public subscript(name: String) -> JSON? {
            members.first { $0.name.hasSameBytes(as: name) }?.value
        }
    }

    /// A member of an object; nil for anything else.
    public subscript(name: String) -> JSON? {
        if case .object(let object) = self { object[name] } else { nil }
    }

    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    public var integerValue: Int64? { if case .integer(let value) = self { value } else { nil } }
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var arrayValue: [JSON]? { if case .array(let value) = self { value } else { nil } }
    public var objectValue: Object? { if case .object(let value) = self { value } else { nil } }
    public var isNull: Bool { self == .null }

    /// The kind of value in words, for messages: "a string", "an integer".
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number that is not a 64-bit integer"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension JSON {
    /// Compact UTF-8 text. Members keep their order unless `sorted`, which orders them by the bytes of their names.
    /// Slashes are not escaped.
    public func encoded(sorted: Bool = true) -> [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, sorted: sorted)
        return bytes
    }

    private func write(to bytes: inout [UInt8], sorted: Bool) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += String(value).utf8
        case .number(let value): bytes += String(value).utf8
        case .string(let value): JSON.write(value, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes, sorted: sorted)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            let members =
                sorted
                ? object.members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } : object.members
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSON.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes, sorted: sorted)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// A string with its quotes.
    static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        if !text.utf8.contains(where: isEscaped) { return bytes += text.utf8 }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case 0x08: bytes += "\\b".utf8
            case 0x0C: bytes += "\\f".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case 0..<0x20, 0x7F:
                let digits = String(byte, radix: 16)
                bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            default: bytes.append(byte)
            }
        }
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Object(elements.map { Object.Member($0.0, $0.1) }))
    }
    public init(nilLiteral: ()) { self = .null }
}
