/// The members of an object that came from outside, read by name. Unknown members are refused at once: a misspelt
/// `dryrun` must not be ignored by something that writes.
///
/// The names are a `CodingKeys` enumeration, which the encoding side uses too, so that both sides know the same
/// members.
public struct Members<Name: CodingKey & CaseIterable & Sendable>: Sendable {
    private let object: JSON.Object
    private let owner: MembersOwner

    /// - Throws: `badParams` naming the first unknown member.
    public init(_ object: JSON.Object, of owner: MembersOwner) throws(WireError) {
        for member in object.members where Name(stringValue: member.name)?.stringValue.hasSameBytes(as: member.name) != true {
            let known = Name.allCases.map(\.stringValue).joined(separator: ", ")
            let hint = known.isEmpty ? "it takes none" : "it takes \(known)"
            throw WireError(.badParams, "\(owner) has the unknown member '\(Members.shown(member.name))'; \(hint)")
        }
        self.object = object
        self.owner = owner
    }

    /// - Throws: `badParams` when the member is absent or wrong.
    public func required<Value>(_ name: Name, _ value: Value?) throws(WireError) -> Value {
        guard let value else { throw WireError(.badParams, "\(owner) lacks the member '\(name.stringValue)'") }
        return value
    }

    public func string(
        _ name: Name, _ grammar: String = "1 to 255 characters without control characters",
        _ accepts: (String) -> Bool = isText
    ) throws(WireError) -> String? {
        guard let value = object[name.stringValue] else { return nil }
        guard let text = value.stringValue else { throw wrongType(name, "a string", value) }
        guard accepts(text) else { throw WireError(.badParams, "'\(name.stringValue)' must have \(grammar)") }
        return text
    }

    public func bool(_ name: Name) throws(WireError) -> Bool? {
        guard let value = object[name.stringValue] else { return nil }
        guard let flag = value.boolValue else { throw wrongType(name, "true or false", value) }
        return flag
    }

    public func integer(_ name: Name, in range: ClosedRange<Int64>) throws(WireError) -> Int64? {
        guard let value = object[name.stringValue] else { return nil }
        guard let number = value.integerValue else { throw wrongType(name, "an integer", value) }
        guard range.contains(number) else {
            throw WireError(
                .badParams, "'\(name.stringValue)' must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A list of at most 256 strings, and of at least `minimum`.
    public func strings(_ name: Name, minimum: Int = 1) throws(WireError) -> [String]? {
        guard let value = object[name.stringValue] else { return nil }
        guard let elements = value.arrayValue else { throw wrongType(name, "a list of strings", value) }
        guard (minimum...256).contains(elements.count) else {
            throw WireError(.badParams, "'\(name.stringValue)' must have \(minimum) to 256 elements")
        }
        var texts: [String] = []
        for element in elements {
            guard let text = element.stringValue else { throw wrongType(name, "a list of strings", element) }
            guard Members.isText(text) else {
                throw WireError(
                    .badParams,
                    "each element of '\(name.stringValue)' must have 1 to 255 characters without control characters")
            }
            texts.append(text)
        }
        return texts
    }

    public func object(_ name: Name) throws(WireError) -> JSON.Object? {
        guard let value = object[name.stringValue] else { return nil }
        guard let members = value.objectValue else { throw wrongType(name, "an object", value) }
        return members
    }

    public static func isText(_ text: String) -> Bool {
        Grammar.isPlain(text, 1...255)
    }

    private func wrongType(_ name: Name, _ expected: String, _ found: JSON) -> WireError {
        WireError(.badParams, "'\(name.stringValue)' must be \(expected), it is \(found.kind)")
    }

    /// A member's name in a message: short, and without control characters.
    private static func shown(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.prefix(40).filter { $0.properties.generalCategory != .control }))
    }
}

/// Whose members they are, for messages.
public enum MembersOwner: Hashable, Sendable, CustomStringConvertible {
    case request
    case parameters(of: String)

    public var description: String {
        switch self {
        case .request: "the request"
        case .parameters(let command): "'params' of \(command)"
        }
    }
}
