import Schema

/// Sequences, types and routines.
extension CatalogObjectsTests {
    static let sequences = CatalogCase(
        testDescription: "sequences",
        statements: [
            "CREATE TABLE t (id serial, n int GENERATED ALWAYS AS IDENTITY)",
            "CREATE SEQUENCE down AS smallint INCREMENT -2 MINVALUE -9 MAXVALUE 8 START 7 CACHE 3 CYCLE",
            "CREATE SEQUENCE least INCREMENT -1 OWNED BY t.n",
        ],
        tables: [
            Table(
                schema: "public", name: "t", kind: .table,
                columns: [
                    Column(
                        name: "id", type: "integer", nullable: false,
                        default: "nextval('public.t_id_seq'::regclass)"),
                    Column(name: "n", type: "integer", nullable: false, identity: .always),
                ])
        ],
        sequences: [
            Sequence(
                schema: "public", name: "down", type: "smallint", start: 7, increment: -2, minimum: -9, maximum: 8,
                cache: 3, cycles: true),
            Sequence(
                schema: "public", name: "least", start: -1, increment: -1, minimum: .min, maximum: -1,
                owner: .init(table: TableName(schema: "public", name: "t"), column: "n")),
            Sequence(
                schema: "public", name: "t_id_seq", type: "integer", maximum: 2_147_483_647,
                owner: .init(table: TableName(schema: "public", name: "t"), column: "id")),
        ])

    static let types = CatalogCase(
        testDescription: "types",
        statements: [
            "CREATE TYPE mood AS ENUM ('sad', 'ok', 'a,\"b\"')", "ALTER TYPE mood ADD VALUE 'so-so' BEFORE 'ok'",
            "CREATE DOMAIN positive AS numeric(6,2) NOT NULL DEFAULT 1 CONSTRAINT more CHECK (VALUE > 0)",
            "ALTER DOMAIN positive ADD CONSTRAINT less CHECK (VALUE < 9) NOT VALID",
            "CREATE DOMAIN plain AS mood[]",
            "CREATE TYPE pair AS (a mood, gone int, b text COLLATE \"C\", c varchar(3))",
            "ALTER TYPE pair DROP ATTRIBUTE gone", "CREATE TYPE spread AS RANGE (subtype = float8)",
            "CREATE TABLE t (m mood, p pair, s spread[])",
        ],
        tables: [
            Table(
                schema: "public", name: "t", kind: .table,
                columns: [
                    Column(name: "m", type: "public.mood", nullable: true),
                    Column(name: "p", type: "public.pair", nullable: true),
                    Column(name: "s", type: "public.spread[]", nullable: true),
                ])
        ],
        types: [
            UserType(
                schema: "public", name: "mood", definition: .enumeration(labels: ["sad", "so-so", "ok", "a,\"b\""])),
            UserType(
                schema: "public", name: "pair",
                definition: .composite(attributes: [
                    Column(name: "a", type: "public.mood", nullable: true),
                    Column(name: "b", type: "text", nullable: true, collation: "pg_catalog.\"C\""),
                    Column(name: "c", type: "character varying(3)", nullable: true),
                ])),
            UserType(
                schema: "public", name: "plain",
                definition: .domain(base: "public.mood[]", nullable: true, default: nil, checks: [:])),
            UserType(
                schema: "public", name: "positive",
                definition: .domain(
                    base: "numeric(6,2)", nullable: false, default: "1",
                    checks: [
                        "less": "CHECK ((VALUE < (9)::numeric)) NOT VALID", "more": "CHECK ((VALUE > (0)::numeric))",
                    ])),
            UserType(schema: "public", name: "spread", definition: .range(subtype: "double precision")),
        ])

    static let routines = CatalogCase(
        testDescription: "routines",
        statements: [
            "CREATE FUNCTION area(w numeric, h numeric DEFAULT 2, OUT a numeric) LANGUAGE sql AS 'SELECT w * h'",
            "CREATE FUNCTION \"Odd\"(int[]) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END",
            "CREATE PROCEDURE act(INOUT n int) LANGUAGE plpgsql AS 'BEGIN n := 1; END'",
            "CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', PARALLEL = SAFE)",
        ],
        routines: [
            Routine(
                schema: "public", signature: "\"Odd\"(integer[])",
                definition: "CREATE OR REPLACE FUNCTION public.\"Odd\"(integer[])\n RETURNS integer\n LANGUAGE sql\n"
                    + "BEGIN ATOMIC\n SELECT 1;\nEND\n"),
            Routine(
                schema: "public", signature: "act(integer)", kind: .procedure,
                definition: "CREATE OR REPLACE PROCEDURE public.act(INOUT n integer)\n LANGUAGE plpgsql\n"
                    + "AS $procedure$BEGIN n := 1; END$procedure$\n"),
            Routine(
                schema: "public", signature: "area(numeric, numeric)",
                definition: "CREATE OR REPLACE FUNCTION public.area(w numeric, h numeric DEFAULT 2, OUT a numeric)\n"
                    + " RETURNS numeric\n LANGUAGE sql\nAS $function$SELECT w * h$function$\n"),
            Routine(
                schema: "public", signature: "total(integer)", kind: .aggregate,
                definition: "CREATE AGGREGATE public.total(integer) (SFUNC = int4pl(integer,integer), STYPE = integer, "
                    + "INITCOND = '0', PARALLEL = SAFE)"),
        ])
}
