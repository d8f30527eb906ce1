/// A Python value that the text alone tells.
enum LiteralValue: Hashable {
    case none
    case text(String)
    /// A tuple, list or set. Never deeper than two levels, so that freeing one cannot exhaust the stack.
    case sequence([LiteralValue], depth: Int)
    /// A literal that is no name of a revision: a number, bytes, `True`, a dictionary, deep nesting.
    case other

    static func sequence(_ items: [LiteralValue]) -> LiteralValue {
        var depth = 1
        for case .sequence(_, let inner) in items { depth = max(depth, inner + 1) }
        return depth > 2 ? .other : .sequence(items, depth: depth)
    }

    /// The value of an expression; nil when it has to be computed.
    ///
    /// - Parameter names: what earlier statements made of names.
    init?(_ tokens: ArraySlice<(token: PythonToken, line: Int)>, names: [String: ModuleReader.Binding]) {
        var reading = LiteralReading(names: names)
        for (token, _) in tokens {
            guard reading.take(token) else { return nil }
        }
        guard let value = reading.finish() else { return nil }
        self = value
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

    let names: [String: ModuleReader.Binding]
    private var frames = [Frame(opening: 0)]

    init(names: [String: ModuleReader.Binding]) {
        self.names = names
    }

    /// False when the expression is not a literal.
    mutating func take(_ token: PythonToken) -> Bool {
        let last = frames.count - 1
        switch token {
        case .text(let text), .formattedText(let text):
            if frames[last].pieces.isEmpty, !place(.text(text)) { return false }
            frames[last].pieces.append(text)
            return true
        case .otherLiteral: return place(.other)
        case .name("None"): return place(.none)
        case .name("True"), .name("False"): return place(.other)
        case .name(let name):
            guard case .literal(let value, _)? = names[name] else { return false }
            return place(value)
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
            return false
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
        case Byte.openBrace: return items.isEmpty || frame.isDictionary ? .other : .sequence(items)
        case Byte.openBracket: return .sequence(items)
        default:
            // `(a)` is a, `(a,)` a tuple, `()` the empty one.
            if !frame.hasComma, let only = items.first { return only }
            return .sequence(items)
        }
    }
}
