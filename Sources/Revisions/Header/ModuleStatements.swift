/// The simple statements of a module, as far as they bind names.
extension ModuleReader {
    /// - Parameter isConditional: inside `if`, `try` and the like, where the text alone does not tell whether it runs.
    mutating func execute(_ tokens: Tokens, isConditional: Bool) {
        if case .name(let keyword)? = tokens.first?.token {
            switch keyword {
            case "import", "from": return importNames(tokens)
            case "del":
                for (token, line) in tokens.dropFirst() {
                    if case .name(let name) = token { bind(name, isConditional ? .computed(line: line) : nil) }
                }
                return
            case "return", "raise", "assert", "pass", "global", "nonlocal", "lambda", "yield", "await": return
            default: break
            }
        }
        let parts = Self.split(tokens, at: Byte.equals)
        guard parts.count > 1 else {
            return executeWithoutEquals(tokens)
        }
        let value = LiteralValue(parts[parts.count - 1], names: bindings)
        for target in parts.dropLast() {
            // Behind the first colon is an annotation; a lambda's colon can only be in the value.
            assign(Self.split(target, at: Byte.colon)[0], isConditional ? nil : value, line: tokens.first?.line ?? 1)
        }
    }

    private mutating func executeWithoutEquals(_ tokens: Tokens) {
        if let position = tokens.firstIndex(where: { $0.token == .augmentedAssignment }) {
            for (token, line) in tokens[..<position] {
                if case .name(let name) = token { bind(name, .computed(line: line)) }
            }
        } else {
            document(tokens)
        }
    }

    /// - Parameter value: nil when it is computed.
    private mutating func assign(_ target: Tokens, _ value: LiteralValue?, line: Int) {
        let target = Self.withoutBrackets(target)
        if target.count == 1, case .name(let name)? = target.first?.token {
            bind(name, value.map { .literal($0, line: target.first?.line ?? line) } ?? .computed(line: line))
            return
        }
        var parts = Self.split(target, at: Byte.comma)
        // Without a comma it is an attribute or a subscript, which binds no name.
        guard parts.count > 1 else { return }
        if parts.last?.isEmpty ?? false { parts.removeLast() }
        var values: [LiteralValue?] = parts.map { _ in nil }
        let isStarred = parts.contains { $0.first?.token == .mark(Byte.star) }
        if case .sequence(let items, _)? = value, items.count == parts.count, !isStarred {
            values = items
        }
        for (part, value) in zip(parts, values) {
            if part.count == 1, case .name(let name)? = part.first?.token {
                bind(name, value.map { .literal($0, line: part.first?.line ?? line) } ?? .computed(line: line))
            } else if part.first?.token == .mark(Byte.star) || part.first.map({ Self.isOpening($0.token) }) ?? false {
                for case (.name(let name), let line) in part { bind(name, .computed(line: line)) }
            }
        }
    }

    private static func isOpening(_ token: PythonToken) -> Bool {
        if case .mark(let mark) = token { bracketStep(mark) > 0 } else { false }
    }

    /// `(a, b)` and `[a, b]` as targets are `a, b`: takes away the brackets that hold everything, in one pass.
    private static func withoutBrackets(_ tokens: Tokens) -> Tokens {
        let leading = tokens.prefix { isOpening($0.token) }.count
        var open: [Int] = []
        var wholePairs = 0
        for (offset, index) in tokens.indices.enumerated() {
            guard case .mark(let mark) = tokens[index].token else { continue }
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
        var package = ""
        if tokens.first?.token == .name("from") {
            guard let keyword = rest.firstIndex(where: { $0.token == .name("import") }) else { return }
            for case (.name(let name), _) in rest[..<keyword] {
                package = name
                break
            }
            rest = Self.withoutBrackets(rest[(keyword + 1)...])
            if rest.first?.token == .mark(Byte.star) {
                // These export nothing that is watched; anything else may.
                if !["sqlalchemy", "alembic", "typing"].contains(package) {
                    for name in watched { bind(name, .computed(line: tokens.first?.line ?? 1)) }
                }
                return
            }
        }
        for part in Self.split(rest, at: Byte.comma) {
            let alias = part.firstIndex { $0.token == .name("as") }.map { part[($0 + 1)...] } ?? part
            if case .name(let name)? = alias.first?.token {
                bind(name, .computed(line: alias.first?.line ?? 1))
            }
        }
    }
}
