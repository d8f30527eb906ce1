/// Simple statements of a module that bind names.
extension ModuleReader {
    /// - Parameter isConditional: inside `if`, `try` and other blocks, which may not run.
    mutating func execute(_ tokens: Tokens, isConditional: Bool) {
        switch tokens.first?.token {
        case .name("import"), .name("from"): return importNames(tokens)
        case .name("del"): return delete(tokens.dropFirst(), isConditional: isConditional)
        case .name("return"), .name("raise"), .name("assert"), .name("pass"), .name("global"), .name("nonlocal"),
            .name("lambda"), .name("yield"), .name("await"):
            return variables.noteUses(tokens)
        default: break
        }
        guard var end = Self.firstIndex(of: Byte.equals, in: tokens) else {
            variables.noteUses(tokens)
            return executeWithoutEquals(tokens)
        }
        while let next = Self.firstIndex(of: Byte.equals, in: tokens[(end + 1)...]) { end = next }
        let value = LiteralValue(tokens[(end + 1)...], variables)
        if value == nil { variables.noteUses(tokens[(end + 1)...]) }
        var targets = tokens[..<end]
        while !targets.isEmpty {
            let part = Self.part(of: &targets, endingAt: Byte.equals)
            // The first colon starts an annotation; a lambda's colon can only be in the value.
            let target = part[..<(Self.firstIndex(of: Byte.colon, in: part) ?? part.endIndex)]
            variables.noteUses(part.dropFirst(target.count == 1 ? 1 : 0))
            assign(target, isConditional ? nil : value, line: tokens.first?.line ?? 1)
        }
    }

    private mutating func delete(_ tokens: Tokens, isConditional: Bool) {
        variables.noteUses(tokens)
        var rest = Self.withoutBrackets(tokens)
        while !rest.isEmpty {
            let part = Self.part(of: &rest, endingAt: Byte.comma)
            guard let (first, line) = part.first else { continue }
            if part.count == 1, let name = first.name {
                variables.bind(name, isConditional ? .computed(line: line) : nil)
            } else if Self.isOpening(first) {
                bindAll(part)
            }
        }
    }

    private mutating func bindAll(_ tokens: Tokens) {
        for case (.name(let name), let line) in tokens { variables.bind(name, .computed(line: line)) }
    }

    private mutating func executeWithoutEquals(_ tokens: Tokens) {
        let operation = tokens.firstIndex { if case .augmentedAssignment = $0.token { true } else { false } }
        if let operation {
            bindAll(tokens[..<operation])
        } else {
            document(tokens)
        }
    }

    /// - Parameter value: nil when it is computed.
    private mutating func assign(_ target: Tokens, _ value: LiteralValue?, line: Int) {
        var rest = Self.withoutBrackets(target)
        guard let (first, firstLine) = rest.first else { return }
        if rest.count == 1, let name = first.name {
            variables.bind(name, value.map { .literal($0, line: firstLine) } ?? .computed(line: line))
            return
        }
        // Without a comma it is an attribute or a subscript, which binds no name, or Python 3.12's `type name = …`.
        guard Self.firstIndex(of: Byte.comma, in: rest) != nil else {
            if first.isName("type"), let name = target.dropFirst().first?.token.name {
                variables.bind(name, .computed(line: line))
            }
            return
        }
        var parts: [Tokens] = []
        while !rest.isEmpty { parts.append(Self.part(of: &rest, endingAt: Byte.comma)) }
        var values: [LiteralValue?] = parts.map { _ in nil }
        let isStarred = parts.contains { $0.first?.token.isMark(Byte.star) ?? false }
        if case .sequence(let items, _, let kind)? = value, kind != .set, items.count == parts.count, !isStarred {
            values = items
        }
        for (part, value) in zip(parts, values) {
            guard let (first, firstLine) = part.first else { continue }
            if part.count == 1, let name = first.name {
                variables.bind(name, value.map { .literal($0, line: firstLine) } ?? .computed(line: line))
            } else if first.isMark(Byte.star) || Self.isOpening(first) {
                bindAll(part)
            }
        }
    }

    private static func isOpening(_ token: PythonToken) -> Bool {
        if case .mark(let mark) = token { bracketStep(mark) > 0 } else { false }
    }

    /// Removes the brackets around a whole target, in one pass: `(a, b)` and `[a, b]` as targets are `a, b`.
    private static func withoutBrackets(_ tokens: Tokens) -> Tokens {
        let leading = tokens.prefix { isOpening($0.token) }.count
        if leading == 0 { return tokens }
        var open: [Int] = []
        var wholePairs = 0
        for (offset, token) in tokens.enumerated() {
            guard case .mark(let mark) = token.token else { continue }
            if bracketStep(mark) > 0 {
                open.append(offset)
            } else if bracketStep(mark) < 0, let start = open.popLast(), start < leading,
                offset == tokens.count - 1 - start
            {
                wholePairs += 1
            }
        }
        return tokens.dropFirst(wholePairs).dropLast(wholePairs)
    }

    /// `import a.b as c`, `from a import b as c, d`, `from a import *`.
    private mutating func importNames(_ tokens: Tokens) {
        var rest = tokens.dropFirst()
        if case .name("from")? = tokens.first?.token {
            guard let keyword = rest.firstIndex(where: { $0.token.isName("import") }) else { return }
            let package = rest[..<keyword].lazy.compactMap(\.token.name).first
            rest = Self.withoutBrackets(rest[(keyword + 1)...])
            if rest.first?.token.isMark(Byte.star) ?? false {
                // These packages export no watched name; others may.
                switch package {
                case "sqlalchemy"?, "alembic"?, "typing"?: return variables.forgetOthers()
                default: return variables.forgetAll(line: tokens.first?.line ?? 1)
                }
            }
        }
        while !rest.isEmpty {
            let part = Self.part(of: &rest, endingAt: Byte.comma)
            let alias = part.firstIndex { $0.token.isName("as") }.map { part[($0 + 1)...] } ?? part
            if let (token, line) = alias.first, let name = token.name { variables.bind(name, .computed(line: line)) }
        }
    }
}
