/// Reads the values of a module's variables from its text, without running it.
struct ModuleReader {
    /// The value of a name.
    enum Binding {
        case literal(LiteralValue, line: Int)
        /// Bound on that line to a value that is known only when the module runs.
        case computed(line: Int)

        var line: Int {
            switch self {
            case .literal(_, let line), .computed(let line): line
            }
        }
    }

    /// A view of the tokens of a line, which the scanner owns.
    typealias Tokens = Slice<UnsafeBufferPointer<(token: PythonToken, line: Int)>>

    let source: PythonSource
    var variables: ModuleVariables
    /// The docstring.
    private(set) var documentation: String?
    private var isFirstStatement = true

    /// - Parameter watched: the variables whose values are wanted. Everything that might set one of them counts.
    init(_ source: PythonSource, watching watched: [PythonWord]) {
        self.source = source
        variables = ModuleVariables(source, watching: watched)
    }

    /// Reads to the end. Functions and classes are skipped, except for `global`.
    ///
    /// - Throws: `ScriptsError` when Python would refuse the file.
    mutating func read() throws(ScriptsError) {
        // The cookie is on the first line or the second; which of them does not matter.
        if source.isOpaque { return variables.forgetAll(line: 1) }
        var scanner = PythonScanner(source)
        var bodyDeeperThan: Int?
        while let line = try scanner.nextLine(skippingDeeperThan: bodyDeeperThan) {
            if let limit = bodyDeeperThan, line.indent > limit {
                if !scanner.tokens.isEmpty { scanner.tokens.withUnsafeBufferPointer { noteGlobals($0[...]) } }
                continue
            }
            let isDefinition = scanner.tokens.withUnsafeBufferPointer { read(line, $0[...]) }
            bodyDeeperThan = isDefinition ? line.indent : nil
        }
    }

    /// - Returns: whether the line starts a function or a class.
    private mutating func read(_ line: PythonLine, _ tokens: Tokens) -> Bool {
        switch tokens.first?.token {
        case .name("def"), .name("class"): readDefinition(tokens, keywords: 1, line: line.line)
        case .name("async"): readDefinition(tokens, keywords: 2, line: line.line)
        default:
            readStatements(tokens, isConditional: line.indent > 0)
            return false
        }
        return true
    }

    /// The part before the colon runs with the module: default values, bases, annotations.
    private mutating func readDefinition(_ tokens: Tokens, keywords: Int, line: Int) {
        let colon = Self.headerEnd(tokens) ?? tokens.endIndex
        noteHiddenBindings(tokens[..<colon])
        variables.noteUses(tokens[..<colon])
        noteGlobals(tokens[colon...])
        if let name = tokens.dropFirst(keywords).first?.token.name { variables.bind(name, .computed(line: line)) }
        isFirstStatement = false
    }

    private mutating func readStatements(_ line: Tokens, isConditional: Bool) {
        noteHiddenBindings(line)
        var rest = line
        var isConditional = isConditional
        if let keyword = line.first?.token.name, Self.opensBlock(keyword), let colon = Self.headerEnd(line) {
            variables.noteUses(line[..<colon])
            bindTargets(ofHeader: line[..<colon], keyword: keyword)
            rest = line[(colon + 1)...]
            isConditional = true
            isFirstStatement = false
        }
        while !rest.isEmpty {
            let statement = Self.part(of: &rest, endingAt: Byte.semicolon)
            if statement.isEmpty { continue }
            execute(statement, isConditional: isConditional)
            isFirstStatement = false
        }
    }

    private static func opensBlock(_ keyword: PythonName) -> Bool {
        switch keyword {
        case "if", "elif", "else", "try", "except", "finally", "for", "while", "with", "match", "case": true
        default: false
        }
    }

    /// The position of the header's colon; nil when the line is a simple statement, such as `match = 1`.
    private static func headerEnd(_ tokens: Tokens) -> Int? {
        var depth = 0
        var lambdas = 0
        for index in tokens.startIndex..<tokens.endIndex {
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

    private mutating func bindTargets(ofHeader tokens: Tokens, keyword: PythonName) {
        let isLoop = "for" ~= keyword
        let mayHaveSeveral = "with" ~= keyword || "except" ~= keyword
        var isTarget = isLoop || "case" ~= keyword
        var depth = 0
        var targetDepth = 0
        for (token, line) in tokens.dropFirst() {
            switch token {
            case .name("in") where isLoop: return
            case .name("as"):
                isTarget = true
                targetDepth = depth
            case .name(let name) where isTarget: variables.bind(name, .computed(line: line))
            case .mark(Byte.comma) where mayHaveSeveral && depth <= targetDepth: isTarget = false
            case .mark(let mark): depth += Self.bracketStep(mark)
            default: break
            }
        }
    }

    mutating func document(_ tokens: Tokens) {
        guard isFirstStatement, case .text(let text)? = LiteralValue(tokens, variables) else { return }
        let isFormatted = tokens.contains { if case .text(let string) = $0.token { string.isFormatted } else { false } }
        if !isFormatted { documentation = text }
    }
}

extension ModuleReader {
    static func bracketStep(_ mark: UInt8) -> Int {
        switch mark {
        case Byte.openParenthesis, Byte.openBracket, Byte.openBrace: 1
        case Byte.closeParenthesis, Byte.closeBracket, Byte.closeBrace: -1
        default: 0
        }
    }

    /// The position of the first such mark outside all brackets.
    static func firstIndex(of wanted: UInt8, in tokens: Tokens) -> Int? {
        var depth = 0
        for index in tokens.startIndex..<tokens.endIndex {
            guard case .mark(let mark) = tokens[index].token else { continue }
            if mark == wanted, depth == 0 { return index }
            depth += bracketStep(mark)
        }
        return nil
    }

    /// The tokens before the next such mark outside all brackets; `rest` becomes the tokens after it.
    static func part(of rest: inout Tokens, endingAt mark: UInt8) -> Tokens {
        let end = firstIndex(of: mark, in: rest) ?? rest.endIndex
        defer { rest = rest[end...].dropFirst() }
        return rest[..<end]
    }
}
