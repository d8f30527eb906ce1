/// The pattern for one name of an object, with `*` and `?`.
struct NamePattern: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case scalar(Unicode.Scalar)
        case one
        case many
    }

    private var parts: [Part] = []
    /// Whether it is empty, like `""`, which no object has as its name.
    var isEmpty: Bool { parts.isEmpty }

    var matchesEverything: Bool { parts.allSatisfy { $0 == .many } }

    /// Splits a text at the dots outside quotes and parentheses; nil where a closing quote is missing.
    static func split(_ text: Substring) -> [NamePattern]? {
        var names = [NamePattern()]
        var isQuoted = false
        var depth = 0
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"" where isQuoted && scalars.first == "\"":
                scalars.removeFirst()
                names[names.count - 1].parts.append(.scalar(scalar))
            case "\"": isQuoted.toggle()
            case _ where isQuoted: names[names.count - 1].parts.append(.scalar(scalar))
            case "." where depth == 0: names.append(NamePattern())
            case "*": names[names.count - 1].parts.append(.many)
            case "?": names[names.count - 1].parts.append(.one)
            default:
                // The types of a function's arguments may contain dots.
                if scalar == "(" { depth += 1 } else if scalar == ")" { depth -= 1 }
                names[names.count - 1].parts.append(.scalar(scalar))
            }
        }
        return isQuoted ? nil : names
    }

    func matches(_ name: String) -> Bool { matches(Array(name.unicodeScalars)) }

    /// Whether it matches the name before the arguments of a signature; false if the pattern has arguments itself.
    func matches(functionOf signature: String) -> Bool {
        var name: [Unicode.Scalar] = []
        var isQuoted = false
        for scalar in signature.unicodeScalars {
            if scalar == "(" && !isQuoted { return !parts.contains(.scalar("(")) && matches(name) }
            if scalar == "\"" {
                // A doubled quote is one quote of the name.
                if !isQuoted && !name.isEmpty { name.append(scalar) }
                isQuoted.toggle()
            } else {
                name.append(scalar)
            }
        }
        return false
    }

    /// Matches without recursion: on a mismatch, the last `*` takes one more character. At worst the time is the
    /// product of the two lengths.
    private func matches(_ name: [Unicode.Scalar]) -> Bool {
        var part = 0
        var index = 0
        var retry: (part: Int, index: Int)?
        while index < name.count {
            if part < parts.count, case .many = parts[part] {
                retry = (part, index)
                part += 1
            } else if part < parts.count, parts[part] == .one || parts[part] == .scalar(name[index]) {
                part += 1
                index += 1
            } else if let (star, start) = retry {
                retry = (star, start + 1)
                part = star + 1
                index = start + 1
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .many }
    }
}
