import Text

/// Parses a model's type, as SQLAlchemy's PostgreSQL dialect compiles it, to the type that PostgreSQL creates from it.
enum SQLAlchemyType {
    /// The type; nil for a text that is neither a built-in type nor a name that a user-defined type could have.
    ///
    /// Every other name becomes a user-defined type, with or without a schema; the caller finds out whether it
    /// exists.
    static func parse(_ text: String) -> ColumnType? {
        var spelling = TypeSpelling(text)
        spelling.takeCollation()
        spelling.takeArray()
        let modifiers = spelling.takeModifiers()
        let words = spelling.words.split(whereSeparator: \.isWhitespace).map { $0.lowercased() }.joined(separator: " ")
        if let type = builtIn(words, modifiers ?? []) {
            return ColumnType(type.base, modifiers: type.modifiers, isArray: spelling.isArray || words.hasPrefix("_"))
        }
        guard case .path(let names) = spelling.identifiers, let name = names.last, !name.isEmpty else { return nil }
        return ColumnType(
            .user(schema: names.count == 2 ? names[0] : nil, name: name), modifiers: modifiers ?? [],
            isArray: spelling.isArray)
    }

    private static func builtIn(_ words: String, _ modifiers: [String]) -> ColumnType? {
        switch words {
        case "char", "character", "nchar", "national char", "national character":
            return ColumnType(.builtIn("character"), modifiers: modifiers.isEmpty ? ["1"] : modifiers)
        case "bit": return ColumnType(.builtIn("bit"), modifiers: modifiers.isEmpty ? ["1"] : modifiers)
        case "float":
            // PostgreSQL takes a precision of up to 24 bits as `real`.
            let isReal = modifiers.first.flatMap { Int($0) }.map { $0 <= 24 } ?? false
            return ColumnType(.builtIn(isReal ? "real" : "double precision"))
        case "numeric", "decimal", "dec":
            return ColumnType(.builtIn("numeric"), modifiers: modifiers.count == 1 ? modifiers + ["0"] : modifiers)
        default: break
        }
        if let canonical = aliases[words] { return ColumnType(.builtIn(canonical), modifiers: modifiers) }
        if names.contains(words) || words.hasPrefix("interval ") {
            return ColumnType(.builtIn(words), modifiers: modifiers)
        }
        return nil
    }

    /// Other names of built-in types: standard SQL's, PostgreSQL's internal ones, and the serial types, which are
    /// integers.
    private static let aliases = [
        "varchar": "character varying", "char varying": "character varying", "nvarchar": "character varying",
        "national character varying": "character varying", "nchar varying": "character varying",
        "national char varying": "character varying", "varbit": "bit varying",
        "int": "integer", "int4": "integer", "int2": "smallint", "int8": "bigint", "serial": "integer",
        "serial4": "integer", "bigserial": "bigint", "serial8": "bigint", "smallserial": "smallint",
        "serial2": "smallint", "float4": "real", "float8": "double precision", "double": "double precision",
        "bool": "boolean", "datetime": "timestamp without time zone", "timestamp": "timestamp without time zone",
        "timestamptz": "timestamp with time zone", "time": "time without time zone", "timetz": "time with time zone",
    ]

    /// The built-in types by the names that `format_type` uses.
    private static let names: Set<String> = [
        "character varying", "text", "integer", "smallint", "bigint", "real", "double precision", "boolean", "date",
        "timestamp without time zone", "timestamp with time zone", "time without time zone", "time with time zone",
        "interval", "bytea", "uuid", "json", "jsonb", "jsonpath", "xml", "inet", "cidr", "macaddr", "macaddr8", "money",
        "oid", "regclass", "regtype", "regproc", "regprocedure", "regoper", "regoperator", "regconfig",
        "regdictionary", "regnamespace", "regrole", "regcollation", "tsvector", "tsquery", "point", "line", "lseg",
        "box", "path", "polygon", "circle", "bit varying", "name", "pg_lsn", "pg_snapshot", "txid_snapshot", "xid",
        "xid8", "cid", "tid", "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange",
        "int4multirange", "int8multirange", "nummultirange", "tsmultirange", "tstzmultirange", "datemultirange",
        "refcursor", "\"char\"",
    ]
}

extension ColumnType {
    /// Whether a live column has the type that a model declares; nil where that cannot be decided.
    ///
    /// - Parameters:
    ///   - spelled: from ``SQLAlchemyType``.
    ///   - isKnown: whether the live database has a user-defined type of this name, in any schema.
    func satisfies(_ spelled: ColumnType, isKnown: (String) -> Bool) -> Bool? {
        switch (base, spelled.base) {
        case (.builtIn(let live), .builtIn(let model)):
            return live == model && comparableModifiers == spelled.comparableModifiers && isArray == spelled.isArray
        case (.user, .builtIn): return false
        case (.builtIn, .user(_, let name)): return isKnown(name) ? false : nil
        case (.user(let liveSchema, let live), .user(let schema, let name)):
            guard live.hasSameBytes(as: name), schema.map({ liveSchema.hasSameBytes(as: $0) }) ?? true else {
                return isKnown(name) ? false : nil
            }
            if isArray != spelled.isArray { return false }
            // Extensions print modifiers in their own way: `geometry(POINT,4326)` becomes `geometry(Point,4326)`.
            return modifiers.map { $0.lowercased() } == spelled.modifiers.map { $0.lowercased() } ? true : nil
        }
    }

    /// The modifiers without those that change nothing: 6 fractional digits of a second are the maximum and default.
    private var comparableModifiers: [String] { isTime && modifiers == ["6"] ? [] : modifiers }

    var isTime: Bool {
        guard case .builtIn(let name) = base else { return false }
        return name.hasPrefix("time") || name.hasPrefix("interval")
    }
}
