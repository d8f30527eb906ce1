import Text

/// The members of an object from outside, read by name. Unknown members are refused: a misspelt `dryrun` must not be
/// ignored by a command that writes.
///
/// The names are a `CodingKeys` enumeration, which encoding uses too, so that both sides have the same members.
public struct Members<Name: CodingKey & CaseIterable & Sendable>: Sendable {
    @usableFromInline let object: JSON.Object

    /// - Parameter command: the command's name, for messages.
    /// - Throws: `badParams` naming the first unknown member.
    @inlinable
    public init(_ object: JSON.Object, of command: String) throws(WireError) {
        for member in object.members
        where !member.isNamed(Name(stringValue: member.name)?.stringValue) {
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

/// A member from outside, read as a value of a given type. Each method throws `badParams` with the member's name.
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

    /// The error for a member that `owner` does not have.
    @usableFromInline
    func unknown(in owner: String, _ known: [String]) -> WireError {
        // The name is from outside: it is shortened, and control characters are removed.
        let shown = name.unicodeScalars.prefix(40).filter { $0.properties.generalCategory != .control }
        let hint = known.isEmpty ? "it has no members" : "its members are \(known.joined(separator: ", "))"
        return WireError(
            .badParams, "\(owner) has the unknown member '\(String(String.UnicodeScalarView(shown)))'; \(hint)")
    }

    private func wrongType(_ expected: String, _ found: JSON) -> WireError {
        WireError(.badParams, "'\(name)' must be \(expected), not \(found.kind)")
    }
}

extension JSON.Object.Member {
    /// Whether the member's name has the same bytes as `name`; false for nil.
    @usableFromInline func isNamed(_ name: String?) -> Bool { name?.hasSameBytes(as: self.name) ?? false }
}
