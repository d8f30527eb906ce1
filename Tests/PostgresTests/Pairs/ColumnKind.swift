/// A column type, with matching defaults, values and changes.
struct ColumnKind: Sendable {
    /// Types for which the same expressions can be written.
    enum Family: Sendable {
        case integer, number, text, character, boolean, date, moment, json, integers, texts, range, other
    }

    var family: Family
    /// The type in SQL.
    var type: String
    /// Default expressions.
    var defaults: [String] = []
    /// Constants for `IN` lists.
    var values: [String] = []
    /// Types to change to, and whether each accepts fewer values.
    var changes: [(type: String, isBreaking: Bool)] = []

    static let numbers = ["1", "2", "3"]
    static let words = ["'new'", "'it''s'", "'größe'"]

    static let all: [ColumnKind] = [
        ColumnKind(
            family: .integer, type: "integer", defaults: ["0", "-1", "(1 + 2) * 3", "length('abc')"], values: numbers,
            changes: [("bigint", false), ("smallint", true)]),
        ColumnKind(
            family: .integer, type: "bigint", defaults: ["7", "5000000000"], values: numbers,
            changes: [("integer", true), ("numeric", false)]),
        ColumnKind(family: .integer, type: "smallint", defaults: ["3"], values: numbers, changes: [("integer", false)]),
        ColumnKind(
            family: .number, type: "numeric(10,2)", defaults: ["0", "1.50", "round(2.5)"], values: ["1", "2.5"],
            changes: [("numeric(12,2)", false), ("numeric(8,2)", true), ("numeric(10,4)", true), ("numeric", false)]),
        ColumnKind(
            family: .number, type: "numeric", defaults: ["0.1"], values: ["1.5", "2"],
            changes: [("numeric(20,6)", true)]),
        ColumnKind(
            family: .number, type: "double precision", defaults: ["0.5", "random()"], values: ["1", "2.5"],
            changes: [("real", true)]),
        ColumnKind(
            family: .number, type: "real", defaults: ["1"], values: ["1", "2"], changes: [("double precision", false)]),
        ColumnKind(
            family: .text, type: "varchar(40)", defaults: ["'new'", "''", "upper('x')", "'a' || 'b'"], values: words,
            changes: [("varchar(80)", false), ("text", false), ("varchar(20)", true), ("varchar", false)]),
        ColumnKind(
            family: .text, type: "text", defaults: ["'it''s'", "current_user", "lower('X')", "'a'::varchar"],
            values: words, changes: [("varchar(100)", true), ("varchar", false)]),
        ColumnKind(
            family: .text, type: "varchar", defaults: ["'x'", "'back\\slash'"], values: words,
            changes: [("text", false), ("varchar(10)", true)]),
        ColumnKind(
            family: .character, type: "char(3)", defaults: ["'abc'"], values: ["'abc'", "'def'"],
            changes: [("char(5)", false), ("char(2)", true)]),
        ColumnKind(family: .boolean, type: "boolean", defaults: ["true", "false", "(1 > 2)"]),
        ColumnKind(
            family: .date, type: "date", defaults: ["CURRENT_DATE", "'2020-02-29'"],
            values: ["'2020-01-01'", "'2021-01-01'"], changes: [("timestamp", true)]),
        ColumnKind(
            family: .moment, type: "timestamptz", defaults: ["now()", "CURRENT_TIMESTAMP", "clock_timestamp()"],
            values: ["'2020-01-01'", "'2021-01-01'"], changes: [("timestamp", true), ("timestamptz(3)", true)]),
        ColumnKind(
            family: .moment, type: "timestamp(3)", defaults: ["timezone('utc', now())", "LOCALTIMESTAMP"],
            values: ["'2020-01-01'"],
            changes: [("timestamp", false), ("timestamp(0)", true), ("timestamptz(3)", false)]
        ),
        ColumnKind(family: .other, type: "time(0)", defaults: ["'12:00'"], changes: [("time", false)]),
        ColumnKind(family: .other, type: "interval", defaults: ["'1 day'", "interval '2 hours'"]),
        ColumnKind(family: .other, type: "interval day to second(3)", defaults: ["'1 day'"]),
        ColumnKind(family: .other, type: "uuid", defaults: ["gen_random_uuid()"], changes: [("text", true)]),
        ColumnKind(family: .other, type: "bytea", defaults: ["'\\xdead'", "''"]),
        ColumnKind(family: .other, type: "inet", defaults: ["'10.0.0.1'"], values: ["'10.0.0.1'", "'10.0.0.2'"]),
        ColumnKind(family: .other, type: "bit(4)", defaults: ["B'1010'"], changes: [("bit(8)", true)]),
        ColumnKind(family: .other, type: "bit varying(8)", changes: [("bit varying(9)", false)]),
        ColumnKind(
            family: .json, type: "jsonb", defaults: ["'{}'", "'[]'::jsonb", "jsonb_build_object('a', 1)"],
            changes: [("json", true)]),
        ColumnKind(family: .other, type: "json", defaults: ["'{}'"], changes: [("jsonb", true)]),
        ColumnKind(
            family: .integers, type: "integer[]", defaults: ["'{}'", "ARRAY[1, 2]"], changes: [("bigint[]", false)]),
        ColumnKind(family: .texts, type: "text[]", defaults: ["'{}'", "ARRAY['a', 'b']"]),
        ColumnKind(
            family: .texts, type: "varchar(20)[]", defaults: ["ARRAY['a']", "ARRAY['a', 'b']::text[]"],
            changes: [("varchar(10)[]", true), ("text[]", false)]),
        ColumnKind(family: .range, type: "int4range", defaults: ["'empty'"]),
        ColumnKind(family: .range, type: "tstzrange", defaults: ["tstzrange(now(), NULL)"]),
        ColumnKind(family: .other, type: "tsvector"), ColumnKind(family: .other, type: "point"),
        ColumnKind(family: .other, type: "\"char\"", defaults: ["'x'"]), ColumnKind(family: .other, type: "money"),
    ]

    /// A condition on a column, also usable in an index; nil when there is none for the type.
    ///
    /// - Parameter column: the quoted name.
    func condition(on column: String, _ random: inout PairRandom) -> String? {
        var forms: [String] = []
        switch family {
        case .integer:
            forms = [
                "\(column) > 0", "\(column) BETWEEN 1 AND 10", "\(column) % 2 = 0 OR \(column) IS NULL",
                "\(column) = ANY (ARRAY[1, 2])", "NOT (\(column) < 0 AND \(column) > -5)", "\(column) IS NOT NULL",
                "CASE WHEN \(column) > 3 THEN \(column) < 9 ELSE true END", "COALESCE(\(column), 0) >= 0",
                "\(column) NOT BETWEEN 3 AND 5 OR \(column) > 7", "\(column) BETWEEN SYMMETRIC 9 AND 2",
                "(\(column), 1) = (4, 1) AND \(column) < 9", "\(column) IN (1, \(column) + 1, 3) OR \(column) = 8",
                "NULLIF(\(column), 0) IS NULL", "\(column)::text LIKE '1%'", "GREATEST(\(column), 1) = 1",
                "(\(column) = 1) IS NOT FALSE", "(\(column), 2) < (3, 4)", "\(column) <> ALL ('{1,2}'::int[])",
                "ABS(\(column)) <> 4 AND (\(column) <> 5 OR (\(column) IS DISTINCT FROM 6 AND true))",
            ]
        case .number: forms = ["\(column) >= 0", "\(column) >= 0 AND \(column) <= 100.5", "-\(column) < 1e3"]
        case .text:
            forms = [
                "length(\(column)) > 2", "\(column) ~ '^[a-z]+$'", "\(column) <> ''", "lower(\(column)) = \(column)",
                "\(column) LIKE 'x%' OR \(column) ILIKE '%y'", "char_length(trim(both from \(column))) > 0",
                "\(column) = ANY ('{a,b}')", "\(column) NOT IN ('a', 'b')", "\(column)::text || 'x' <> 'yx'",
                "substring(\(column) from 1 for 2) IN ('ab', 'cd')", "\(column) IS NULL OR \(column) IN ('a')",
                "\(column) = ANY (ARRAY['a', 'b']::text[])", "position('@' in \(column)) > 1",
                "\(column) COLLATE \"C\" > 'a'", "\(column)::varchar(5) IN ('a', 'b')",
            ]
        case .character: forms = ["\(column) <> 'xyz'", "\(column)::text = upper(\(column))"]
        case .boolean: forms = ["\(column)", "NOT \(column)", "\(column) IS NOT TRUE", "\(column) = false"]
        case .date:
            forms = [
                "\(column) > '2000-01-01'", "\(column) >= DATE '2001-01-01' AND \(column) < DATE '2002-01-01' + 5",
                "EXTRACT(year FROM \(column)) > 1999",
            ]
        case .moment: forms = ["\(column) IS NOT NULL", "\(column) > '2000-01-01 00:00:00'"]
        case .json:
            forms = [
                "jsonb_typeof(\(column)) = 'object'", "\(column) ? 'a'", "(\(column) ->> 'k') IN ('a', 'b')",
                "\(column) @> '{\"a\": [1]}'", "(\(column) #>> '{a,b}')::int > 1",
            ]
        case .integers:
            forms = ["array_length(\(column), 1) < 5", "\(column) <@ ARRAY[1, 2, 3]", "0 <> ALL (\(column))"]
        case .texts:
            forms = [
                "cardinality(\(column)) > 0", "\(column)::text[] <@ ARRAY['a', 'b']",
                "\(column)::text[] && ARRAY['a', 'b']::varchar[]::text[]", "\(column)[1] IN ('a', 'b')",
            ]
        case .range: forms = ["NOT isempty(\(column))", "lower_inc(\(column))"]
        case .other: break
        }
        if family != .moment, values.count > 1 {
            forms += [
                "\(column) IN (\(values.joined(separator: ", ")))",
                "\(column) IN (\(values.joined(separator: ", "))) OR \(column) IS NULL",
                "\(column) NOT IN (\(values.joined(separator: ", ")))",
            ]
        }
        return forms.isEmpty ? nil : random.pick(forms)
    }

    /// A key of an index on the column.
    func key(on column: String, _ random: inout PairRandom) -> String? {
        switch family {
        case .integer, .number: random.pick(["\(column) DESC", "(\(column) + 1)", "\(column) DESC NULLS LAST", column])
        case .text:
            random.pick([
                "lower(\(column))", "\(column) text_pattern_ops", "\(column) COLLATE \"C\"", "\(column) DESC",
                "(\(column) IN ('a', 'b'))", "(\(column) || 'x')", column,
            ])
        case .json: "(\(column) ->> 'k')".bracketed
        case .date, .moment, .boolean, .character: random.pick([column, "\(column) NULLS FIRST"])
        case .integers, .texts, .range: column
        case .other: ["uuid", "inet", "interval"].contains(type) ? column : nil
        }
    }
}

extension String {
    /// The text in parentheses.
    var bracketed: String { "(" + self + ")" }
}
