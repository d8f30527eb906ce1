import Text

/// A rule for objects whose differences are not reported: `table:audit_*`, `index:public.ix_*`,
/// `column:users.legacy_*`, `*:other.*`.
///
/// A rule consists of a kind and a pattern. The pattern consists of the unquoted names of the displayed object,
/// separated by dots; without a schema it means the default schema. `*` matches any characters of a name and `?` one
/// character; a name in double quotes matches literally. A rule for a table also covers its parts.
public struct IgnoreRule: Hashable, Sendable {
    /// The kinds of objects.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Every object of that name, of any kind.
        case any = "*"
        /// The schema and everything in it.
        case schema
        case table, view, column, constraint, index, trigger, policy, sequence, type, function, `extension`
    }

    /// The rule as it was written.
    public let text: String
    public let kind: Kind
    /// One pattern per name, from the schema, if given, to the object.
    let pattern: [NamePattern]

    /// Parses a rule.
    ///
    /// - Throws: `SchemaError` if it is malformed.
    public init(parsing text: String) throws(SchemaError) {
        guard let colon = text.firstIndex(of: ":") else { throw SchemaError(rule: text, .noKind) }
        let word = String(text[..<colon])
        guard let kind = Kind(rawValue: word) else { throw SchemaError(rule: text, .unknownKind(word)) }
        let patternText = text[text.index(after: colon)...]
        guard patternText.first?.isWhitespace != true, patternText.last?.isWhitespace != true else {
            throw SchemaError(rule: text, .surroundedBySpace)
        }
        guard let parts = NamePattern.split(patternText) else { throw SchemaError(rule: text, .openQuote) }
        guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty }) else { throw SchemaError(rule: text, .emptyName) }
        guard kind.names.contains(parts.count) else { throw SchemaError(rule: text, .names(kind.names, kind)) }
        self.text = text
        self.kind = kind
        pattern = parts
    }
}

extension IgnoreRule: Codable {
    /// Decodes the rule from its text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(parsing: try container.decode(String.self))
        } catch let error as SchemaError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.message)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension IgnoreRule.Kind {
    /// How many names a pattern may have, including the schema.
    fileprivate var names: ClosedRange<Int> {
        switch self {
        case .any: 1...3
        case .schema, .extension: 1...1
        case .column, .constraint, .trigger, .policy: 2...3
        case .table, .view, .index, .sequence, .type, .function: 1...2
        }
    }
}

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

    /// Whether the rule covers a relation of one of these kinds, or a part of one.
    private func covers(table path: ObjectPath, _ kinds: Set<ObjectKind>, _ defaultSchema: String) -> Bool {
        if let table = path.table {
            return path.isInView == kinds.contains(.view) && matches(path.schema, table, defaultSchema)
        }
        return kinds.contains(path.kind) && matches(path.schema, path.name, defaultSchema)
    }

    private func coversAnything(_ path: ObjectPath, _ defaultSchema: String) -> Bool {
        switch path.kind {
        case .extension: return pattern.count == 1 && pattern[0].matches(path.name)
        // `other.*` also covers the schema itself.
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
        guard pattern.count == 2, let first = pattern.first else { return schema.hasSameBytes(as: defaultSchema) }
        return first.matches(schema)
    }
}

extension ObjectPath {
    fileprivate var isRoutine: Bool { kind == .function || kind == .procedure || kind == .aggregate }
}
