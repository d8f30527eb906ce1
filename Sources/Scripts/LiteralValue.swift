/// A Python value that is known from the text.
enum LiteralValue: Hashable {
    case none
    case text(String)
    /// At most two levels deep, so that freeing one cannot exhaust the stack.
    case sequence([LiteralValue], depth: Int, SequenceKind)
    /// A literal that cannot be a revision's name: a number, bytes, `True`, a dictionary, deep nesting.
    case other

    enum SequenceKind {
        case tuple
        case list
        /// Unordered.
        case set
    }

    static func sequence(_ items: [LiteralValue], _ kind: SequenceKind) -> LiteralValue {
        var depth = 1
        for case .sequence(_, let inner, _) in items { depth = max(depth, inner + 1) }
        return depth > 2 ? .other : .sequence(items, depth: depth, kind)
    }

    /// Whether it is a list or a set, which can change after the assignment.
    var isMutable: Bool {
        if case .sequence(_, _, let kind) = self { kind != .tuple } else { false }
    }

    /// The value of an expression; nil when it has to be computed.
    ///
    /// - Parameter variables: the values of names, from earlier statements.
    init?(_ tokens: ModuleReader.Tokens, _ variables: ModuleVariables) {
        // Most values are a single word.
        if tokens.count == 1, let token = tokens.first?.token {
            guard let value = LiteralValue(token, variables) else { return nil }
            self = value
            return
        }
        var reading = LiteralReading(variables: variables)
        for (token, _) in tokens {
            guard reading.take(token) else { return nil }
        }
        guard let value = reading.finish() else { return nil }
        self = value
    }

    /// The value of a single token.
    fileprivate init?(_ token: PythonToken, _ variables: ModuleVariables) {
        switch token {
        case .text(let string):
            guard let text = variables.source.text(of: string) else { return nil }
            self = .text(text)
        case .otherLiteral, .name("True"), .name("False"): self = .other
        case .name("None"): self = .none
        case .name(let name):
            guard let value = variables.literal(name) else { return nil }
            self = value
        default: return nil
        }
    }
}

/// Reads one expression, token by token, with a stack of its own for the brackets.
private struct LiteralReading {
    /// The content of a pair of brackets, or the expression as a whole.
    private struct Frame {
        var opening: UInt8
        var items: [LiteralValue] = []
        var hasComma = false
        /// The value since the last comma.
        var current: LiteralValue?
        /// The adjacent string literals of `current`, which are joined at its end; empty for other values.
        var pieces: [String] = []
        var isDictionary = false

        /// Joins adjacent strings in one step, so that many of them take linear time.
        mutating func join() {
            if pieces.count > 1 { current = .text(pieces.joined()) }
            pieces = []
        }
    }

    let variables: ModuleVariables
    private var frames = [Frame(opening: 0)]

    init(variables: ModuleVariables) {
        self.variables = variables
    }

    /// False when the expression is not a literal.
    mutating func take(_ token: PythonToken) -> Bool {
        let last = frames.count - 1
        switch token {
        case .text(let string):
            guard let text = variables.source.text(of: string) else { return false }
            if frames[last].pieces.isEmpty, !place(.text(text)) { return false }
            frames[last].pieces.append(text)
            return true
        case .mark(Byte.comma):
            frames[last].join()
            guard let value = frames[last].current else { return false }
            frames[last].items.append(value)
            frames[last].current = nil
            frames[last].hasComma = true
            return true
        case .mark(Byte.colon) where frames[last].opening == Byte.openBrace:
            // The content of a dictionary does not matter, only that it is not a name.
            frames[last].isDictionary = true
            frames[last].current = nil
            frames[last].pieces = []
            return true
        case .mark(let mark) where [Byte.openParenthesis, Byte.openBracket, Byte.openBrace].contains(mark):
            // After a value, a bracket is a call or a subscript.
            guard frames[last].current == nil else { return false }
            frames.append(Frame(opening: mark))
            return true
        case .mark(let mark) where [Byte.closeParenthesis, Byte.closeBracket, Byte.closeBrace].contains(mark):
            guard frames.count > 1, let value = Self.value(of: frames.removeLast()) else { return false }
            return place(value)
        default:
            return LiteralValue(token, variables).map { place($0) } ?? false
        }
    }

    mutating func finish() -> LiteralValue? {
        guard frames.count == 1, let frame = frames.popLast() else { return nil }
        return frame.current == nil && frame.items.isEmpty ? nil : Self.value(of: frame)
    }

    private mutating func place(_ value: LiteralValue) -> Bool {
        let last = frames.count - 1
        guard frames[last].current == nil else { return false }
        frames[last].current = value
        return true
    }

    private static func value(of closed: Frame) -> LiteralValue? {
        var frame = closed
        frame.join()
        let items = frame.items + (frame.current.map { [$0] } ?? [])
        switch frame.opening {
        case Byte.openBrace: return items.isEmpty || frame.isDictionary ? .other : .sequence(items, .set)
        case Byte.openBracket: return .sequence(items, .list)
        default:
            // `(a)` is `a`, `(a,)` is a tuple, `()` is the empty tuple.
            if !frame.hasComma, let only = items.first { return only }
            return .sequence(items, .tuple)
        }
    }
}
