import Text

extension JSON {
    /// Reads exactly one value: UTF-8 without byte order mark, no duplicate member (names compared as bytes after
    /// unescaping), no trailing comma, nothing after the value, at most ``Limits/jsonDepth`` containers deep.
    ///
    /// Works without recursion and in linear time, also for hostile input.
    ///
    /// - Throws: `badJSON` with the fault and its offset in bytes.
    public static func parse(_ bytes: [UInt8]) throws(WireError) -> JSON {
        try document(bytes).value
    }

    /// The value, and whether any string or name in it contains U+0000, which PostgreSQL's text cannot store.
    static func document(_ bytes: [UInt8]) throws(WireError) -> (value: JSON, containsNUL: Bool) {
        var parser = JSONParser(bytes)
        let value = try parser.parse()
        return (value, parser.containsNUL)
    }
}

/// Parses a value with a stack of open containers instead of recursion.
struct JSONParser {
    private struct Container {
        let isObject: Bool
        var elements: [JSON] = []
        var members: [JSON.Object.Member] = []
        var name = ""
        /// The names so far, filled only when there are too many for a linear search: an object with a hundred thousand
        /// members takes linear time, and one with three members allocates no table.
        var names: Set<[UInt8]> = []

        init(isObject: Bool) {
            self.isObject = isObject
            // Most requests have at most four members, so that the array does not grow.
            if isObject { members.reserveCapacity(4) }
        }

        mutating func add(_ value: JSON) {
            if isObject { members.append(JSON.Object.Member(name, value)) } else { elements.append(value) }
        }

        /// Whether no earlier member has this name.
        mutating func isNew(_ name: String) -> Bool {
            if members.count < 8 { return !members.contains { $0.name.hasSameBytes(as: name) } }
            if names.isEmpty { names = Set(members.map { Array($0.name.utf8) }) }
            return names.insert(Array(name.utf8)).inserted
        }

        var value: JSON { isObject ? .object(JSON.Object(members)) : .array(elements) }
    }

    var scanner: JSONScanner
    /// The innermost open container; `outer` has those around it. Most requests need only the first.
    private var container: Container?
    private var outer: [Container] = []

    var containsNUL: Bool { scanner.containsNUL }

    init(_ bytes: [UInt8]) {
        scanner = JSONScanner(bytes)
    }

    mutating func parse() throws(WireError) -> JSON {
        while true {
            scanner.skipSpace()
            var finished = try beginValue()
            // A value may end any number of containers: `]]]`.
            while let value = finished {
                guard container != nil else {
                    scanner.skipSpace()
                    guard scanner.isAtEnd else { throw scanner.error("there is more text after the value") }
                    return value
                }
                container?.add(value)
                finished = try endOfValue()
            }
        }
    }

    /// Reads a scalar or an empty container, or opens a container and returns nil.
    private mutating func beginValue() throws(WireError) -> JSON? {
        switch scanner.peek {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isObject = scanner.peek == UInt8(ascii: "{")
            guard container == nil || outer.count + 1 < Limits.jsonDepth else {
                throw scanner.error("containers are nested deeper than \(Limits.jsonDepth)")
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

    /// After a value inside a container: returns nil when another value follows, or the container when it ends.
    private mutating func endOfValue() throws(WireError) -> JSON? {
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

    private mutating func readName() throws(WireError) {
        guard scanner.peek == UInt8(ascii: "\"") else { throw scanner.error("expected a member's name") }
        let offset = scanner.offset
        let name = try scanner.string()
        guard container?.isNew(name) == true else {
            throw scanner.error("a member's name is used twice", at: offset)
        }
        container?.name = name
        scanner.skipSpace()
        guard scanner.take(UInt8(ascii: ":")) else { throw scanner.error("expected a colon") }
    }
}
