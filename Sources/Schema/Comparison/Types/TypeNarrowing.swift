extension ColumnType {
    /// Whether some values of type `other` do not fit into this type, or statements written for `other` do not work
    /// with it.
    ///
    /// Within a family (texts, numbers, times, bit strings) types are ordered by the values that they store exactly.
    /// Types of different families never replace each other, except PostgreSQL's text types, `citext`, and the pairs that
    /// PostgreSQL converts to each other in an assignment.
    func isNarrower(than other: ColumnType) -> Bool {
        if self == other { return false }
        guard isArray == other.isArray else { return true }
        switch (base, other.base) {
        case (.builtIn(let mine), .builtIn(let theirs)):
            if let narrower = Self.isNarrowerText(mine, modifiers, theirs, other.modifiers) { return narrower }
            if let narrower = Self.isNarrowerNumber(mine, modifiers, theirs, other.modifiers) { return narrower }
            if Self.replacements[mine]?.contains(theirs) == true { return false }
            if isTime, other.isTime { return Self.isNarrowerTime(mine, modifiers, theirs, other.modifiers) }
            return mine != theirs
        case (.user(let schema, let mine), .user(let otherSchema, let theirs)):
            guard mine == theirs, schema == nil || otherSchema == nil || schema == otherSchema else { return true }
            return !modifiers.isEmpty && modifiers != other.modifiers
        case (.user(_, "citext"), .builtIn("text")), (.user(_, "citext"), .builtIn("character varying")),
            (.builtIn("text"), .user(_, "citext")):
            return false
        case (.builtIn, .user), (.user, .builtIn): return true
        }
    }

    /// The types of other names whose values a type accepts and gives back: PostgreSQL converts each to the other in an
    /// assignment.
    private static let replacements: [String: Set<String>] = [
        "json": ["jsonb"], "jsonb": ["json"], "inet": ["cidr"], "macaddr8": ["macaddr"],
        "timestamp without time zone": ["date"], "timestamp with time zone": ["date"],
        "interval": ["time without time zone"],
    ]

    /// A `character varying` without a length, as models spell `String()`.
    var isVarcharWithoutLength: Bool { base == .builtIn("character varying") && modifiers.isEmpty && !isArray }

    /// One of the built-in types of texts.
    var isText: Bool {
        guard case .builtIn(let name) = base, !isArray else { return false }
        return ["text", "character varying", "character", "bpchar", "name"].contains(name)
    }

    /// Nil where one of them is neither a text nor a bit string.
    private static func isNarrowerText(
        _ mine: String, _ modifiers: [String], _ theirs: String, _ others: [String]
    ) -> Bool? {
        guard let length = capacity(mine, modifiers), let otherLength = capacity(theirs, others) else { return nil }
        if mine.hasPrefix("bit") != theirs.hasPrefix("bit") { return true }
        // A `bit` column accepts exactly its length.
        if mine == "bit" { return length != otherLength || theirs != mine }
        return length < otherLength
    }

    /// The maximum number of characters or bits of a type; nil for other types.
    private static func capacity(_ name: String, _ modifiers: [String]) -> Int? {
        switch name {
        case "text", "bpchar": Int.max
        case "name": 63
        case "character varying", "bit varying", "character", "bit": modifiers.first.map { Int($0) ?? 0 } ?? Int.max
        default: nil
        }
    }

    /// Nil where one of them is not a number.
    private static func isNarrowerNumber(
        _ mine: String, _ modifiers: [String], _ theirs: String, _ others: [String]
    ) -> Bool? {
        guard let capacity = NumberCapacity(mine, modifiers), let other = NumberCapacity(theirs, others) else {
            return nil
        }
        return capacity.isSmaller(than: other)
    }

    private static func isNarrowerTime(
        _ mine: String, _ modifiers: [String], _ theirs: String, _ others: [String]
    ) -> Bool {
        // Without a time zone a timestamp loses its meaning; adding one keeps it.
        let widened = [
            "timestamp without time zone": "timestamp with time zone",
            "time without time zone": "time with time zone",
        ]
        guard mine == theirs || widened[theirs] == mine else {
            return !(mine == "interval" && theirs.hasPrefix("interval"))
        }
        return (modifiers.first.flatMap { Int($0) } ?? 6) < (others.first.flatMap { Int($0) } ?? 6)
    }
}

/// The numbers that a type stores exactly, in decimal digits before and after the point.
private struct NumberCapacity {
    /// The number of digits before the point that always fit.
    var digits: Int
    /// The number of digits before the point that may occur: more than `digits` for binary integers, whose range is
    /// not a power of ten.
    var mostDigits: Int
    var scale: Int
    /// Whether it stores larger numbers too, rounded to `digits` digits.
    var isFloating: Bool

    init?(_ name: String, _ modifiers: [String]) {
        isFloating = false
        scale = 0
        switch name {
        case "smallint": (digits, mostDigits) = (4, 5)
        case "integer": (digits, mostDigits) = (9, 10)
        case "bigint": (digits, mostDigits) = (18, 19)
        case "numeric":
            guard let precision = modifiers.first.flatMap({ Int($0) }) else {
                (digits, mostDigits, scale) = (Int.max, Int.max, Int.max)
                return
            }
            scale = modifiers.count > 1 ? Int(modifiers[1]) ?? 0 : 0
            (digits, mostDigits) = (precision - scale, precision - scale)
        case "real": (digits, mostDigits, scale, isFloating) = (6, 38, 6, true)
        case "double precision": (digits, mostDigits, scale, isFloating) = (15, 308, 15, true)
        default: return nil
        }
    }

    func isSmaller(than other: NumberCapacity) -> Bool {
        switch (isFloating, other.isFloating) {
        case (true, true): digits < other.digits
        case (true, false): other.mostDigits > digits || other.scale > scale
        // Only a numeric without precision stores every value of a float.
        case (false, true): scale != Int.max
        // Binary integers are compared by their range, everything else by the digits that always fit.
        case (false, false): digits < other.mostDigits && !isBinary(like: other) || scale < other.scale
        }
    }

    /// Whether both are integers of the same or a smaller range.
    private func isBinary(like other: NumberCapacity) -> Bool {
        mostDigits > digits && other.mostDigits > other.digits && digits >= other.digits
    }
}
