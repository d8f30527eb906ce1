/// Quotes names for SQL.
public enum SQLIdentifier {
    /// The name for use in a statement, in double quotes where PostgreSQL needs them.
    ///
    /// The rule is that of `quote_ident`: a name needs no quotes if it consists of lower-case ASCII letters, digits and
    /// `_`, does not start with a digit, and is not a keyword that PostgreSQL reserves in some context.
    public static func quoted(_ name: String) -> String {
        if isPlain(name) { return name }
        let doubled = name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        return "\"" + doubled + "\""
    }

    private static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, first == 0x5F || isLowerCase(first) else { return false }
        return name.utf8.allSatisfy { $0 == 0x5F || isLowerCase($0) || (0x30...0x39).contains($0) }
            && !keywords.contains(name)
    }

    private static func isLowerCase(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }

    /// Every keyword of PostgreSQL 15's `pg_get_keywords()` whose category is not `U` (unreserved).
    private static let keywords: Set<String> = [
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
        "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce",
        "collate", "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog",
        "current_date", "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "dec",
        "decimal", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract",
        "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant", "greatest", "group", "grouping",
        "having", "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is",
        "isnull", "join", "lateral", "leading", "least", "left", "like", "limit", "localtime", "localtimestamp",
        "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset",
        "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position", "precision",
        "primary", "real", "references", "returning", "right", "row", "select", "session_user", "setof", "similar",
        "smallint", "some", "substring", "symmetric", "table", "tablesample", "then", "time", "timestamp", "to",
        "trailing", "treat", "trim", "true", "union", "unique", "user", "using", "values", "varchar", "variadic",
        "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists",
        "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
    ]
}

/// Quotes values for SQL statements that a user reads and pastes; the agent's own statements use parameters.
public enum SQLLiteral {
    /// The text as a string constant: `'…'`, or `E'…'` with escapes where it contains backslashes or control
    /// characters, so that it means the same with either `standard_conforming_strings` and fits on one line.
    public static func quoted(_ text: String) -> String {
        var escaped = false
        var body = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": body += "''"
            case "\\":
                body += "\\\\"
                escaped = true
            case _ where scalar.properties.generalCategory == .control:
                let digits = String(scalar.value, radix: 16)
                body += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                escaped = true
            default: body.unicodeScalars.append(scalar)
            }
        }
        return (escaped ? "E'" : "'") + body + "'"
    }
}
