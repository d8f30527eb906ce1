/// What a module's variables hold after it ran, as far as its text tells.
struct ModuleReader {
    /// What a name is bound to.
    enum Binding {
        case literal(LiteralValue, line: Int)
        /// Bound to something that only running tells, on that line.
        case computed(line: Int)
    }

    typealias Tokens = ArraySlice<(token: PythonToken, line: Int)>

    /// The variables of which a reader wants to know for sure that nothing else sets them.
    let watched: [String]
    private(set) var bindings: [String: Binding] = [:]
    /// The docstring.
    private(set) var documentation: String?
    private var isFirstStatement = true

    init(watching watched: [String]) {
        self.watched = watched
    }

    /// Reads to the end. Nothing inside functions and classes is looked at.
    ///
    /// - Throws: `PythonFault` when Python itself would refuse the file.
    mutating func read(_ source: PythonSource) throws(PythonFault) {
        var scanner = PythonScanner(source)
        var bodyDeeperThan: Int?
        while let line = try scanner.nextLine(skippingDeeperThan: bodyDeeperThan) {
            if let limit = bodyDeeperThan, line.indent > limit { continue }
            bodyDeeperThan = nil
            if case .name(let first)? = line.tokens.first?.token, ["def", "class", "async"].contains(first) {
                let name = line.tokens.dropFirst(first == "async" ? 2 : 1).first
                if case .name(let name)? = name?.token { bind(name, .computed(line: line.line)) }
                bodyDeeperThan = line.indent
                isFirstStatement = false
            } else {
                read(line)
            }
        }
    }

    private mutating func read(_ line: PythonLine) {
        var rest = line.tokens[...]
        noteHiddenBindings(rest)
        var isConditional = line.indent > 0
        if case .name(let keyword)? = rest.first?.token, Self.compoundKeywords.contains(keyword),
            let colon = Self.headerEnd(rest)
        {
            bindTargets(ofHeader: rest[..<colon], keyword: keyword)
            rest = rest[(colon + 1)...]
            isConditional = true
            isFirstStatement = false
        }
        for statement in Self.split(rest, at: Byte.semicolon) where !statement.isEmpty {
            execute(statement, isConditional: isConditional)
            isFirstStatement = false
        }
    }

    private static let compoundKeywords: Set<String> = [
        "if", "elif", "else", "try", "except", "finally", "for", "while", "with", "match", "case",
    ]

    /// Where the header's colon is; nil when the line is a simple statement, as `match = 1`.
    private static func headerEnd(_ tokens: Tokens) -> Int? {
        var depth = 0
        var lambdas = 0
        for index in tokens.indices {
            switch tokens[index].token {
            case .name("lambda") where depth == 0: lambdas += 1
            case .mark(Byte.colon) where depth == 0:
                if lambdas == 0 { return index }
                lambdas -= 1
            case .mark(Byte.equals) where depth == 0 && lambdas == 0: return nil
            case .mark(let mark): depth += bracketStep(mark)
            default: break
            }
        }
        return nil
    }

    private mutating func bindTargets(ofHeader tokens: Tokens, keyword: String) {
        var isTarget = keyword == "for" || keyword == "case"
        for (token, line) in tokens.dropFirst() {
            switch token {
            case .name("in") where keyword == "for": return
            case .name("as"): isTarget = true
            case .name(let name) where isTarget: bind(name, .computed(line: line))
            case .mark(Byte.comma) where keyword == "with" || keyword == "except": isTarget = false
            default: break
            }
        }
    }

    /// Names that are bound inside expressions, or through the module's dictionary.
    private mutating func noteHiddenBindings(_ tokens: Tokens) {
        var reachesModule = false
        var sets = false
        for index in tokens.indices {
            switch tokens[index].token {
            case .walrus where index > tokens.startIndex:
                if case .name(let name) = tokens[index - 1].token { bind(name, .computed(line: tokens[index].line)) }
            case .name("globals"), .name("locals"), .name("vars"), .name("setattr"), .name("__dict__"):
                reachesModule = true
            case .name("update"): sets = true
            case .name("exec"):
                reachesModule = true
                sets = true
            default: break
            }
        }
        guard reachesModule else { return }
        let named = tokens.compactMap { token, _ in if case .text(let text) = token { text } else { nil } }
        for name in named.filter(watched.contains) + (sets ? watched : []) {
            bind(name, .computed(line: tokens.first?.line ?? 1))
        }
    }

    mutating func bind(_ name: String, _ binding: Binding?) {
        bindings[name] = binding
    }

    mutating func document(_ tokens: Tokens) {
        guard isFirstStatement, case .text(let text)? = LiteralValue(tokens, names: [:]) else { return }
        let isFormatted = tokens.contains { if case .formattedText = $0.token { true } else { false } }
        if !isFormatted { documentation = text }
    }

    // MARK: Tokens

    static func bracketStep(_ mark: UInt8) -> Int {
        switch mark {
        case Byte.openParenthesis, Byte.openBracket, Byte.openBrace: 1
        case Byte.closeParenthesis, Byte.closeBracket, Byte.closeBrace: -1
        default: 0
        }
    }

    /// The parts between the marks that stand outside all brackets.
    static func split(_ tokens: Tokens, at separator: UInt8) -> [Tokens] {
        var parts: [Tokens] = []
        var start = tokens.startIndex
        var depth = 0
        for index in tokens.indices {
            guard case .mark(let mark) = tokens[index].token else { continue }
            if mark == separator, depth == 0 {
                parts.append(tokens[start..<index])
                start = index + 1
            }
            depth += bracketStep(mark)
        }
        return parts + [tokens[start...]]
    }
}
