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
        var names = NameSet()
        var name = ""

        mutating func add(_ value: JSON) {
            guard isObject else { return elements.append(value) }
            // Most requests have as many members, which are then put down without moving them.
            if members.isEmpty { members.reserveCapacity(4) }
            members.append(JSON.Object.Member(name, value))
        }

        var value: JSON { isObject ? .object(JSON.Object(members)) : .array(elements) }
    }

    var scanner: JSONScanner
    private var open: [Container] = []

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
                guard !open.isEmpty else {
                    scanner.skipSpace()
                    guard scanner.isAtEnd else { throw scanner.error("there is something after the value") }
                    return value
                }
                open[open.count - 1].add(value)
                finished = try endOfValue()
            }
        }
    }

    /// Reads a scalar or an empty container, or opens a container and returns nil.
    private mutating func beginValue() throws(JSONError) -> JSON? {
        switch scanner.peek {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isObject = scanner.peek == UInt8(ascii: "{")
            guard open.count < Limits.jsonDepth else {
                throw scanner.error("more than \(Limits.jsonDepth) containers inside each other")
            }
            scanner.advance()
            scanner.skipSpace()
            if scanner.take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                return isObject ? .object(JSON.Object()) : .array([])
            }
            open.append(Container(isObject: isObject))
            if isObject { try readName() }
            return nil
        default:
            return try scanner.scalar()
        }
    }

    /// After a value inside a container: the next one follows (nil), or the container ends and is the value.
    private mutating func endOfValue() throws(JSONError) -> JSON? {
        scanner.skipSpace()
        let isObject = open[open.count - 1].isObject
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
        return open.removeLast().value
    }

    private mutating func readName() throws(JSONError) {
        guard scanner.peek == UInt8(ascii: "\"") else { throw scanner.error("expected a member's name") }
        let offset = scanner.offset
        let name = try scanner.string()
        guard open[open.count - 1].names.insert(name) else {
            throw JSONError(offset: offset, reason: "a member's name comes twice")
        }
        open[open.count - 1].name = name
        scanner.skipSpace()
        guard scanner.take(UInt8(ascii: ":")) else { throw scanner.error("expected a colon") }
    }
}

/// Names seen in one object, as bytes. Few names are compared one by one, many through a hash, so that an object of a
/// hundred thousand members stays linear and one of three allocates no table.
private struct NameSet {
    private var few: [String] = []
    private var many: Set<[UInt8]> = []

    mutating func insert(_ name: String) -> Bool {
        if many.isEmpty {
            guard !few.contains(where: { $0.hasSameBytes(as: name) }) else { return false }
            if few.isEmpty { few.reserveCapacity(4) }
            few.append(name)
            if few.count > 8 { many = Set(few.map { Array($0.utf8) }) }
            return true
        }
        return many.insert(Array(name.utf8)).inserted
    }
}
