extension IgnoreRule {
    /// Whether the rule covers an object.
    func covers(_ path: ObjectPath, defaultSchema: String) -> Bool {
        switch kind {
        case .schema: pattern[0].matches(path.kind == .schema ? path.name : path.schema)
        case .extension: path.kind == .extension && pattern[0].matches(path.name)
        case .table: covers(table: path, [.table, .partition, .foreignTable], defaultSchema)
        case .view: covers(table: path, [.view, .materializedView], defaultSchema)
        case .column, .constraint, .trigger, .policy:
            path.kind.rawValue == kind.rawValue && matches(part: path, defaultSchema)
        case .index: path.kind == .index && matches(path.schema, path.name, defaultSchema)
        case .sequence: path.kind == .sequence && matches(path.schema, path.name, defaultSchema)
        case .type:
            [.enum, .domain, .compositeType, .rangeType].contains(path.kind)
                && matches(path.schema, path.name, defaultSchema)
        case .function: path.isRoutine && matches(path.schema, path.name, defaultSchema)
        case .any: coversAnything(path, defaultSchema)
        }
    }

    /// A relation of one of these kinds, or a part of one.
    private func covers(table path: ObjectPath, _ kinds: Set<ObjectKind>, _ defaultSchema: String) -> Bool {
        if let table = path.table {
            return path.isInView == kinds.contains(.view) && matches(path.schema, table, defaultSchema)
        }
        return kinds.contains(path.kind) && matches(path.schema, path.name, defaultSchema)
    }

    private func coversAnything(_ path: ObjectPath, _ defaultSchema: String) -> Bool {
        switch path.kind {
        case .extension: return pattern.count == 1 && pattern[0].matches(path.name)
        // `other.*` covers the schema too, for it covers everything in it.
        case .schema: return pattern[0].matches(path.name) && pattern.dropFirst().allSatisfy(\.matchesEverything)
        default: break
        }
        if pattern.count <= 2 {
            if let table = path.table, matches(path.schema, table, defaultSchema) { return true }
            if path.standsAlone, matches(path.schema, path.name, defaultSchema) { return true }
        }
        return pattern.count >= 2 && !path.standsAlone && matches(part: path, defaultSchema)
    }

    private func matches(part path: ObjectPath, _ defaultSchema: String) -> Bool {
        guard let table = path.table, let last = pattern.last, last.matches(path.name) else { return false }
        return matches(path.schema, table, defaultSchema, pattern: pattern.dropLast())
    }

    private func matches(_ schema: String, _ name: String, _ defaultSchema: String) -> Bool {
        matches(schema, name, defaultSchema, pattern: pattern[...])
    }

    private func matches(
        _ schema: String, _ name: String, _ defaultSchema: String, pattern: ArraySlice<NamePattern>
    ) -> Bool {
        guard let last = pattern.last, pattern.count <= 2 else { return false }
        let fits = last.matches(name) || (kind == .function || kind == .any) && last.matches(functionOf: name)
        guard fits else { return false }
        guard pattern.count == 2, let first = pattern.first else { return schema.isIdentical(to: defaultSchema) }
        return first.matches(schema)
    }
}

extension ObjectPath {
    fileprivate var isRoutine: Bool { kind == .function || kind == .procedure || kind == .aggregate }
}

/// One name of a pattern.
struct NamePattern: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case scalar(Unicode.Scalar)
        case one
        case many
    }

    private var parts: [Part] = []
    /// Whether it names nothing; `""` is a name that no object has.
    var isEmpty: Bool { parts.isEmpty }

    var matchesEverything: Bool { parts.allSatisfy { $0 == .many } }

    /// The names between the dots that stand outside of quotes and brackets; nil when a quote is left open.
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
                // The types of a function's arguments have dots of their own.
                if scalar == "(" { depth += 1 } else if scalar == ")" { depth -= 1 }
                names[names.count - 1].parts.append(.scalar(scalar))
            }
        }
        return isQuoted ? nil : names
    }

    func matches(_ name: String) -> Bool { matches(Array(name.unicodeScalars)) }

    /// Whether it fits the name in front of a signature's arguments, where it says nothing of arguments itself.
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

    /// In linear space, and in time that grows with the product of the lengths at worst: the last `*` takes one more
    /// whenever what follows it does not fit.
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
