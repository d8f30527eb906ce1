/// The members of an object that came from outside, read by name. Unknown members are refused at once: a misspelt
/// `dryrun` must not be ignored by something that writes.
///
/// The names are a `CodingKeys` enumeration, which the encoding side uses too, so that both sides know the same
/// members.
public struct Members<Name: CodingKey & CaseIterable & Sendable>: Sendable {
    @usableFromInline let object: JSON.Object

    /// - Parameter command: whose parameters they are, for messages.
    /// - Throws: `badParams` naming the first unknown member.
    @inlinable
    public init(_ object: JSON.Object, of command: String) throws(WireError) {
        for member in object.members
        where Name(stringValue: member.name)?.stringValue.hasSameBytes(as: member.name) != true {
            throw member.unknown(in: "'params' of \(command)", Name.allCases.map(\.stringValue))
        }
        self.object = object
    }

    public func string(
        _ name: Name, _ grammar: String = Grammar.text, _ accepts: (String) -> Bool = Grammar.isText
    ) throws(WireError) -> String? {
        try self[name]?.string(grammar, accepts)
    }

    public func bool(_ name: Name) throws(WireError) -> Bool? { try self[name]?.bool() }

    public func integer(_ name: Name, in range: ClosedRange<Int64>) throws(WireError) -> Int64? {
        try self[name]?.integer(in: range)
    }

    /// A list of at most 256 strings, and of at least `minimum`.
    public func strings(_ name: Name, minimum: Int = 1) throws(WireError) -> [String]? {
        try self[name]?.strings(minimum: minimum)
    }

    public func object(_ name: Name) throws(WireError) -> JSON.Object? { try self[name]?.object() }

    private subscript(name: Name) -> JSON.Object.Member? {
        object.members.first { $0.name.hasSameBytes(as: name.stringValue) }
    }
}

/// A member that came from outside, read as what it has to be; each throws `badParams`, naming the member.
extension JSON.Object.Member {
    func string(
        _ grammar: String = Grammar.text, _ accepts: (String) -> Bool = Grammar.isText
    ) throws(WireError) -> String {
        guard let text = value.stringValue else { throw wrongType("a string", value) }
        guard accepts(text) else { throw WireError(.badParams, "'\(name)' must have \(grammar)") }
        return text
    }

    func bool() throws(WireError) -> Bool {
        guard let flag = value.boolValue else { throw wrongType("true or false", value) }
        return flag
    }

    func integer(in range: ClosedRange<Int64>) throws(WireError) -> Int64 {
        guard let number = value.integerValue else { throw wrongType("an integer", value) }
        guard range.contains(number) else {
            throw WireError(.badParams, "'\(name)' must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func strings(minimum: Int) throws(WireError) -> [String] {
        guard let elements = value.arrayValue else { throw wrongType("a list of strings", value) }
        guard (minimum...256).contains(elements.count) else {
            throw WireError(.badParams, "'\(name)' must have \(minimum) to 256 elements")
        }
        var texts: [String] = []
        for element in elements {
            guard let text = element.stringValue else { throw wrongType("a list of strings", element) }
            guard Grammar.isText(text) else {
                throw WireError(.badParams, "each element of '\(name)' must have \(Grammar.text)")
            }
            texts.append(text)
        }
        return texts
    }

    func object() throws(WireError) -> JSON.Object {
        guard let members = value.objectValue else { throw wrongType("an object", value) }
        return members
    }

    /// What is thrown for a member that `owner` does not take.
    @usableFromInline
    func unknown(in owner: String, _ known: [String]) -> WireError {
        // Short, and without control characters.
        let shown = name.unicodeScalars.prefix(40).filter { $0.properties.generalCategory != .control }
        let hint = known.isEmpty ? "it takes none" : "it takes \(known.joined(separator: ", "))"
        return WireError(
            .badParams, "\(owner) has the unknown member '\(String(String.UnicodeScalarView(shown)))'; \(hint)")
    }

    private func wrongType(_ expected: String, _ found: JSON) -> WireError {
        WireError(.badParams, "'\(name)' must be \(expected), it is \(found.kind)")
    }
}
