/// A Python value that the text alone tells.
enum LiteralValue: Hashable {
    case none
    case text(String)
    /// Never deeper than two levels, so that freeing one cannot exhaust the stack.
    case sequence([LiteralValue], depth: Int, SequenceKind)
    /// A literal that is no name of a revision: a number, bytes, `True`, a dictionary, deep nesting.
    case other

    enum SequenceKind {
        case tuple
        case list
        /// In no order.
        case set
    }

    static func sequence(_ items: [LiteralValue], _ kind: SequenceKind) -> LiteralValue {
        var depth = 1
        for case .sequence(_, let inner, _) in items { depth = max(depth, inner + 1) }
        return depth > 2 ? .other : .sequence(items, depth: depth, kind)
    }

    /// A list or a set: what holds it changes with it.
    var isMutable: Bool {
        if case .sequence(_, _, let kind) = self { kind != .tuple } else { false }
    }

    /// The value of an expression; nil when it has to be computed.
    ///
    /// - Parameter variables: what earlier statements made of names.
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

    /// Of a token that is a value by itself.
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

/// The reading of one expression, token by token, with a stack of its own for the brackets.
private struct LiteralReading {
    /// What is between two brackets, or the expression as a whole.
    private struct Frame {
        var opening: UInt8
        var items: [LiteralValue] = []
        var hasComma = false
        /// The value since the last comma.
        var current: LiteralValue?
        /// The string literals of `current`, which are joined at its end; empty when it is something else.
        var pieces: [String] = []
        var isDictionary = false

        /// Joins adjacent strings at once, so that many of them take no more than linear time.
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
            // What a dictionary holds does not matter, only that it is no name.
            frames[last].isDictionary = true
            frames[last].current = nil
            frames[last].pieces = []
            return true
        case .mark(let mark) where [Byte.openParenthesis, Byte.openBracket, Byte.openBrace].contains(mark):
            // Behind a value a bracket is a call or a subscript.
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
            // `(a)` is a, `(a,)` a tuple, `()` the empty one.
            if !frame.hasComma, let only = items.first { return only }
            return .sequence(items, .tuple)
        }
    }
}
