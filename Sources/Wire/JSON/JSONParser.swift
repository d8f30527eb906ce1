/// Why bytes are not the strict JSON of the protocol.
public struct JSONError: Error, Hashable, Sendable {
    /// Where, in bytes from the start.
    public let offset: Int
    public let reason: String

    public var message: String { "\(reason) at byte \(offset)" }
}

extension JSON {
    /// Reads exactly one value: UTF-8 without byte order mark, no duplicate member (names compared as bytes after
    /// unescaping), no trailing comma, nothing after the value, at most ``Limits/jsonDepth`` containers deep.
    ///
    /// Works without recursion and in linear time, so that hostile bytes cost no more than honest ones.
    public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON {
        try document(bytes).value
    }

    /// The value, and whether any string or name in it contains U+0000, which no PostgreSQL text can hold.
    static func document(_ bytes: [UInt8]) throws(JSONError) -> (value: JSON, containsNUL: Bool) {
        var parser = JSONParser(bytes)
        let value = try parser.parse()
        return (value, parser.containsNUL)
    }
}

/// The containers that are open, as a stack of its own instead of the thread's.
struct JSONParser {
    private struct Container {
        let isObject: Bool
        var elements: [JSON] = []
        var members: [JSON.Object.Member] = []
        var name = ""
        /// The names so far, once they are too many to be compared one by one: an object of a hundred thousand members
        /// stays linear, and one of three allocates no table.
        var names: Set<[UInt8]> = []

        init(isObject: Bool) {
            self.isObject = isObject
            // Most requests have as many members, which are then put down without moving them.
            if isObject { members.reserveCapacity(4) }
        }

        mutating func add(_ value: JSON) {
            if isObject { members.append(JSON.Object.Member(name, value)) } else { elements.append(value) }
        }

        /// Whether no member before has this name.
        mutating func isNew(_ name: String) -> Bool {
            if members.count < 8 { return !members.contains { $0.name.hasSameBytes(as: name) } }
            if names.isEmpty { names = Set(members.map { Array($0.name.utf8) }) }
            return names.insert(Array(name.utf8)).inserted
        }

        var value: JSON { isObject ? .object(JSON.Object(members)) : .array(elements) }
    }

    var scanner: JSONScanner
    /// The innermost container, which most requests alone have; and those around it.
    private var container: Container?
    private var outer: [Container] = []

    var containsNUL: Bool { scanner.containsNUL }

    init(_ bytes: [UInt8]) {
        scanner = JSONScanner(bytes)
    }

    mutating func parse() throws(JSONError) -> JSON {
        while true {
            scanner.skipSpace()
            var finished = try beginValue()
            // A value may end any number of containers: `]]]`.
            while let value = finished {
                guard container != nil else {
                    scanner.skipSpace()
                    guard scanner.isAtEnd else { throw scanner.error("there is something after the value") }
                    return value
                }
                container?.add(value)
                finished = try endOfValue()
            }
        }
    }

    /// Reads a scalar or an empty container, or opens a container and returns nil.
    private mutating func beginValue() throws(JSONError) -> JSON? {
        switch scanner.peek {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isObject = scanner.peek == UInt8(ascii: "{")
            guard container == nil || outer.count + 1 < Limits.jsonDepth else {
                throw scanner.error("more than \(Limits.jsonDepth) containers inside each other")
            }
            scanner.advance()
            scanner.skipSpace()
            if scanner.take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                return isObject ? .object(JSON.Object()) : .array([])
            }
            if let container { outer.append(container) }
            container = Container(isObject: isObject)
            if isObject { try readName() }
            return nil
        default:
            return try scanner.scalar()
        }
    }

    /// After a value inside a container: the next one follows (nil), or the container ends and is the value.
    private mutating func endOfValue() throws(JSONError) -> JSON? {
        scanner.skipSpace()
        let isObject = container?.isObject == true
        if scanner.take(UInt8(ascii: ",")) {
            if isObject {
                scanner.skipSpace()
                try readName()
            }
            return nil
        }
        guard scanner.take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
            throw scanner.error("expected a comma or the end of the \(isObject ? "object" : "list")")
        }
        defer { container = outer.popLast() }
        return container?.value
    }

    private mutating func readName() throws(JSONError) {
        guard scanner.peek == UInt8(ascii: "\"") else { throw scanner.error("expected a member's name") }
        let offset = scanner.offset
        let name = try scanner.string()
        guard container?.isNew(name) == true else {
            throw JSONError(offset: offset, reason: "a member's name comes twice")
        }
        container?.name = name
        scanner.skipSpace()
        guard scanner.take(UInt8(ascii: ":")) else { throw scanner.error("expected a colon") }
    }
}
