/// Bindings without an assignment statement.
extension ModuleReader {
    /// Notes names that are bound inside expressions or through the module's dictionary.
    mutating func noteHiddenBindings(_ tokens: Tokens) {
        var reachesModule = false
        for index in tokens.startIndex..<tokens.endIndex {
            switch tokens[index].token {
            case .walrus where index > tokens.startIndex:
                if let name = tokens[index - 1].token.name {
                    variables.bind(name, .computed(line: tokens[index].line))
                }
            case .name("globals"), .name("locals"), .name("vars"), .name("setattr"), .name("__dict__"), .name("exec"),
                .name("eval"):
                reachesModule = true
            case .name(let name) where source.mayBeAnotherName(name): reachesModule = true
            default: break
            }
        }
        guard reachesModule else { return }
        let line = tokens.first?.line ?? 1
        guard let names = keys(in: tokens) else { return variables.forgetAll(line: line) }
        for name in names { variables.bind(spelled: name, line: line) }
    }

    /// The names that a statement may set through the module's dictionary; nil when they are unknown.
    private func keys(in tokens: Tokens) -> [String]? {
        let positions = tokens.startIndex..<tokens.endIndex
        var keys: [String] = []
        for index in positions {
            switch tokens[index].token {
            case .name("update"), .name("exec"), .name("eval"), .computedText, .otherOperator: return nil
            case .name(let name) where source.mayBeAnotherName(name): return nil
            case .text(let string):
                guard let text = source.text(of: string) else { return nil }
                // Alone between brackets and commas it may be a key; with operators it may be a part of one.
                let neighbours = [index - 1, index + 1].filter(positions.contains).map { tokens[$0].token }
                if neighbours.allSatisfy(\.endsArgument) { keys.append(text) }
            default: break
            }
        }
        return keys.isEmpty ? nil : keys
    }

    /// Notes names that a function or a class declares `global`, which it may bind at any time.
    mutating func noteGlobals(_ tokens: Tokens) {
        var isDeclaration = false
        for (token, line) in tokens {
            switch token {
            case .name("global"): isDeclaration = true
            case .name(let name) where isDeclaration: variables.bindAtAnyTime(name, line: line)
            case .mark(Byte.comma): break
            default: isDeclaration = false
            }
        }
    }
}

extension PythonToken {
    fileprivate var endsArgument: Bool {
        if case .mark(let mark) = self { mark == Byte.comma || ModuleReader.bracketStep(mark) != 0 } else { false }
    }
}

extension PythonSource {
    /// Whether Python may read an identifier as another one: it normalizes identifiers with NFKC (PEP 3131), which turns
    /// mathematical letters, ligatures and similar characters into plain ones. In doubt, this is true.
    func mayBeAnotherName(_ name: PythonName) -> Bool {
        if isASCII { return false }
        return text(name.range).lowercased().unicodeScalars.contains {
            $0.value >= 0x80 && $0.properties.changesWhenNFKCCaseFolded && $0 != "ß" && $0 != "ς"
        }
    }
}
