@testable import Schema
import Testing

@Suite("Narrower and wider types")
struct NarrowingTests {
    /// Two types, whether the first is narrower than the second, and whether the second is narrower than the first.
    @Test(arguments: [
        ("character varying(100)", "character varying(255)", true, false),
        ("character varying(255)", "character varying", true, false),
        ("character varying(255)", "text", true, false), ("character varying", "text", false, false),
        ("character(3)", "character varying(10)", true, false), ("character(3)", "text", true, false),
        ("smallint", "integer", true, false), ("integer", "bigint", true, false), ("bigint", "numeric", true, false),
        ("numeric(10,2)", "numeric(12,2)", true, false), ("numeric(10,2)", "numeric(10,4)", true, true),
        ("numeric(10,2)", "numeric", true, false), ("numeric(10,0)", "integer", false, true),
        ("numeric(9,0)", "integer", true, false), ("numeric(5,2)", "integer", true, true),
        ("real", "double precision", true, false), ("real", "integer", true, true),
        ("double precision", "integer", false, true), ("double precision", "bigint", true, true),
        ("double precision", "numeric", true, false), ("double precision", "numeric(10,2)", false, true),
        ("timestamp without time zone", "timestamp with time zone", true, false),
        ("timestamp(3) with time zone", "timestamp with time zone", true, false),
        ("timestamp(6) with time zone", "timestamp with time zone", false, false),
        ("time without time zone", "time with time zone", true, false),
        ("date", "timestamp with time zone", true, false), ("time without time zone", "interval", true, false),
        ("inet", "cidr", false, true), ("macaddr", "macaddr8", true, false),
        ("date", "time without time zone", true, true),
        ("interval day to second", "interval", true, false), ("bit(3)", "bit(5)", true, true),
        ("bit varying(3)", "bit varying(5)", true, false), ("json", "jsonb", false, false),
        ("uuid", "text", true, true), ("boolean", "integer", true, true), ("text[]", "text", true, true),
        ("integer[]", "bigint[]", true, false), ("public.mood", "public.feeling", true, true),
        ("public.mood", "text", true, true), ("public.citext", "text", false, false),
        ("public.vector(3)", "public.vector(4)", true, true),
        ("public.geometry(Point,4326)", "public.geometry", true, false),
        ("character varying(10)", "integer", true, true), ("bytea", "bytea", false, false),
        ("public.\"odd (type)\"", "public.\"odd (type)\"", false, false),
    ])
    func narrower(mine: String, theirs: String, isNarrower: Bool, isWider: Bool) {
        let (left, right) = (ColumnType(formatted: mine), ColumnType(formatted: theirs))
        #expect(left.isNarrower(than: right) == isNarrower)
        #expect(right.isNarrower(than: left) == isWider)
        #expect(!left.isNarrower(than: left) && !right.isNarrower(than: right))
    }

    @Test(arguments: [
        ("character varying(255)", ColumnType(.builtIn("character varying"), modifiers: ["255"])),
        ("timestamp(3) without time zone", ColumnType(.builtIn("timestamp without time zone"), modifiers: ["3"])),
        ("numeric(10,2)[]", ColumnType(.builtIn("numeric"), modifiers: ["10", "2"], isArray: true)),
        ("public.\"A (b).c\"\"d\"[]", ColumnType(.user(schema: "public", name: "A (b).c\"d"), isArray: true)),
        ("\"S.x\".mood", ColumnType(.user(schema: "S.x", name: "mood"))),
        ("\"char\"", ColumnType(.builtIn("\"char\""))),
        ("public.\"\u{301}x\"", ColumnType(.user(schema: "public", name: "\u{301}x"))),
    ])
    func takenApart(text: String, type: ColumnType) {
        #expect(ColumnType(formatted: text) == type)
    }

    @Test(arguments: [
        ("'a'::text", "'a'::character varying", true), ("(a + b) * c", "a + (b * c)", true),
        ("'a'::text", "'b'::text", false), ("now()", "now( )", true), ("a::numeric(10,2)[] = b", "a = b", true),
        ("a::timestamp(3) with time zone > b", "a > b", true), ("a::double precision", "a", true),
        ("'::text'", "''", false), ("'('", "')'", false), ("\"a::b\"", "\"a\"", false), ("'it''s'", "'its'", false),
        ("ab", "a b", false), ("E'\\'(' || x", "E'\\')' || x", false), ("a::public.\"My T\" + 1", "a + 1", true),
        ("a::interval day to second", "a", true), ("f(1)", "f(2)", false),
        ("a::text(b)", "ab", false),
        ("", "()", true),
    ])
    func looseTexts(left: String, right: String, areAlike: Bool) {
        #expect((UncastExpression.of(left) == UncastExpression.of(right)) == areAlike)
    }

    @Test(arguments: [
        ("(ARRAY['a'::v, 'b'::v])::text[]", "ARRAY[('a'::v)::text, ('b'::v)::text]", true),
        ("(ARRAY[f(a, b), (c)])::public.\"T\"[]", "ARRAY[(f(a, b))::public.\"T\", ((c))::public.\"T\"]", true),
        ("(ARRAY[(ARRAY['a'])::x[]])::text[]", "ARRAY[(ARRAY[('a')::x])::text]", true),
        ("(ARRAY['a'::v])::text[]", "ARRAY[('a'::v)::varchar]", false),
        ("(ARRAY['a', 'b'])::text[]", "ARRAY[('a')::text]", false),
        ("ARRAY['a']", "ARRAY['A']", false), ("(ARRAY['a'])::text", "ARRAY[('a')::text]", false),
        ("(ARRAY[", "(ARRAY[", true),
    ])
    func restoredTexts(left: String, right: String, areSame: Bool) {
        #expect((RestoredExpression.of(left) == RestoredExpression.of(right)) == areSame)
    }

    @Test func aDefaultNamesItsSequence() {
        for name in RandomCatalog.names {
            let sequence = Sequence(schema: "Audit Log", name: name + "_id_seq")
            #expect(SequenceDefault(nextValue(of: sequence))?.sequence == sequence.qualifiedName)
        }
        for text in ["nextval('seq'::regclass)", "now()", "nextval('public.a'::regclass) + 1", "nextval(''::regclass)"]
        {
            #expect(SequenceDefault(text) == nil)
        }
    }

    /// `ByteEquatable` lists every member by hand, so a new member must be added there.
    @Test func everyMemberOfACatalogIsCompared() {
        let table = Table(schema: "", name: "", kind: .table, columns: [])
        let counts: [(Any, Int)] = [
            (TableName(schema: "", name: ""), 2), (Column(name: "", type: "", nullable: true), 10),
            (Constraint(name: "", kind: .check, columns: [], definition: ""), 7), (Index(name: "", definition: ""), 5),
            (Trigger(name: "", definition: ""), 4), (Policy(name: ""), 6), (table, 16),
            (Schema.Sequence(schema: "", name: ""), 10),
            (UserType(schema: "", name: "", definition: .range(subtype: "")), 3),
            (Routine(schema: "", signature: ""), 4), (Extension(name: "", version: "", schema: ""), 3),
            (Catalog(tables: []), 7),
        ]
        for (value, count) in counts {
            #expect(Mirror(reflecting: value).children.count == count, "\(type(of: value))")
        }
    }
}
