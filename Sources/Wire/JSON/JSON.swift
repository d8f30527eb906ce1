/// A JSON value that keeps what strictness needs: members in their order, names compared as bytes (NFC and NFD
/// spellings are two names), integers apart from other numbers.
public enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// Written without fraction and exponent, and within 64 bits.
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

    /// What kind of value this is, for messages: "a string", "an integer".
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

extension String {
    /// Swift compares strings by canonical equivalence; names and identifiers on the wire are bytes.
    @usableFromInline
    func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let isSame = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { left.elementsEqual($0) }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
