@testable import Schema
import Support
import Testing

/// Which types accept the values of which others, found by real INSERTs, and what the comparison says.
@Suite("pairs of types") struct TypePairTests {
    /// Types, each with values at its limits.
    private static let types: [(name: String, values: [String])] = [
        ("smallint", ["-32768", "32767"]), ("integer", ["-2147483648", "2147483647"]),
        ("bigint", ["-9223372036854775808", "9223372036854775807"]),
        ("numeric", ["0.1234567890123456789", "123456789012345678901234567890"]),
        ("numeric(10,2)", ["99999999.99"]), ("numeric(5,0)", ["99999"]),
        // A float is rounded to its decimal digits when it is assigned to a numeric.
        ("real", ["1.5", "123456", "3e38"]),
        ("double precision", ["0.1", "123456789012345", "1e300"]), ("boolean", ["true", "false"]),
        ("text", ["", "a'b ", String(repeating: "x", count: 300)]),
        ("character varying", ["", String(repeating: "y", count: 300)]),
        ("character varying(10)", ["", "0123456789"]), ("character varying(20)", [String(repeating: "z", count: 20)]),
        ("character(10)", ["0123456789"]), ("uuid", ["00000000-0000-0000-0000-00000000000a"]),
        ("json", ["{\"a\": [1, null]}", "3"]), ("jsonb", ["{\"a\": [1, null]}", "3"]), ("bytea", ["\\x00ff"]),
        ("date", ["2024-02-29"]), ("timestamp without time zone", ["2024-02-29 12:00:00.123456"]),
        ("timestamp with time zone", ["2024-02-29 12:00:00.123456+05"]),
        ("timestamp(3) with time zone", ["2024-02-29 12:00:00.123+05"]),
        ("time without time zone", ["23:59:59.5"]), ("time with time zone", ["23:59:59.5+03"]),
        ("interval", ["1 mon 2 days 03:04:05.5"]), ("inet", ["10.1.2.3/8", "::1"]), ("cidr", ["10.0.0.0/8", "::/0"]),
        ("macaddr", ["08:00:2b:01:02:03"]), ("macaddr8", ["08:00:2b:01:02:03:04:05"]), ("bit(3)", ["101"]),
        ("bit varying(3)", ["1", "101"]), ("bit varying", ["10101"]), ("xml", ["<a/>"]), ("integer[]", ["{1,NULL}"]),
        ("bigint[]", ["{9223372036854775807}"]), ("tsvector", ["'a':1"]), ("int4range", ["[1,5)"]),
    ]

    /// Pairs of a live type and a type of models whose values it accepts although it is called narrower: the values come
    /// back equal, and yet statements that are written for the models' type behave in another way.
    private static let exceptions: Set<String> = [
        // Which moment it is depends on the session's time zone.
        "timestamp without time zone < timestamp with time zone",
        "timestamp without time zone < timestamp(3) with time zone",
    ]

    @Test func aTypeThatIsNotNarrowerAcceptsEveryValue() async throws {
        try await TestDatabase.with { database in
            try await database.execute(Self.function)
            for live in Self.types {
                for model in Self.types where model.name != live.name {
                    let values = model.values.map { "'" + $0.replacing("'", with: "''") + "'" }.joined(separator: ", ")
                    let row = try await database.execute(
                        "SELECT * FROM fits('\(live.name)', '\(model.name)', ARRAY[\(values)])")[0]
                    let (accepts, converts) = (row[0] == "t", row[1] == "t")
                    let isNarrower = ColumnType(formatted: live.name).isNarrower(
                        than: ColumnType(formatted: model.name))
                    let pair = "\(live.name) < \(model.name)"
                    if !isNarrower {
                        #expect(accepts, "\(pair): \(row[2] ?? "")")
                    } else if converts, accepts, !Self.exceptions.contains(pair) {
                        Issue.record("\(pair): every value is accepted")
                    }
                }
            }
        }
    }

    /// Whether a column of the live type accepts the values and gives them back, and whether each type is assigned to the
    /// other one without a cast.
    private static let function = """
        CREATE FUNCTION fits(live text, model text, vals text[], OUT accepts boolean, OUT converts boolean, OUT why text)
        LANGUAGE plpgsql AS $$
        DECLARE val text; isSame boolean;
        BEGIN
            EXECUTE format('CREATE TEMPORARY TABLE pair (l %s, m %s)', live, model);
            converts := true;
            BEGIN
                UPDATE pair SET l = m;
                UPDATE pair SET m = l;
            EXCEPTION WHEN datatype_mismatch THEN converts := false;
            END;
            accepts := true;
            FOREACH val IN ARRAY vals LOOP
                BEGIN
                    EXECUTE format('INSERT INTO pair (l) SELECT v FROM (SELECT %L::%s) AS s(v)', val, model);
                    EXECUTE format(
                        'SELECT (CAST(l AS %2$s))::text = (%1$L::%2$s)::text FROM pair', val, model) INTO isSame;
                    IF isSame IS NOT TRUE THEN
                        accepts := false;
                        why := val || ' comes back as another value';
                    END IF;
                    DELETE FROM pair;
                EXCEPTION WHEN OTHERS THEN
                    accepts := false;
                    why := val || ': ' || SQLERRM;
                END;
            END LOOP;
            DROP TABLE pair;
        END $$
        """
}
