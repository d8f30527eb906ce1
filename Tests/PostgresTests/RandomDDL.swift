/// Random statements over a few names, so that most of them meet objects that exist, and many fail.
struct RandomDDL {
    private var random: PairRandom

    init(seed: Int, number: Int) { random = PairRandom(seed: seed, number: number) }

    mutating func number(_ range: Range<Int>) -> Int { random.number(range) }

    mutating func statement() -> String {
        switch random.number(0..<18) {
        case 0, 1: makeTable()
        case 2...5: changeTable()
        case 6, 7: changeColumn()
        case 8: constraint()
        case 9: index()
        case 10, 11: view()
        case 12: type()
        case 13: routine()
        case 14: triggerOrPolicy()
        case 15: sequence()
        case 16: annotation()
        default: rarity()
        }
    }

    /// Objects of the names below, to begin with, and again later where they were dropped.
    static let start = [
        "CREATE SCHEMA \"Other\"", "CREATE TYPE public.e0 AS ENUM ('a', 'b')", "CREATE DOMAIN public.d0 AS int",
        "CREATE TYPE public.k0 AS (id int, c1 text)", "CREATE SEQUENCE public.s0",
        "CREATE FUNCTION public.f0(a int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION public.f2() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TABLE public.t0 (id serial PRIMARY KEY, c0 int, c1 text, c2 public.e0, c3 int[])",
        "CREATE TABLE public.t1 (id int PRIMARY KEY, c0 int REFERENCES public.t0, c1 text, c2 public.d0 CHECK (c2 > 1))",
        "CREATE TABLE public.t2 (id int GENERATED ALWAYS AS IDENTITY, c0 int, c1 int) PARTITION BY RANGE (id)",
        "CREATE TABLE \"Other\".t3 (id int PRIMARY KEY, c0 int, c1 text, c4 int GENERATED ALWAYS AS (id + 1) STORED)",
        "CREATE INDEX i0 ON public.t0 (c0)",
        "CREATE VIEW public.v0 AS SELECT * FROM public.t0 JOIN public.t1 USING (id, c0)",
        "CREATE TRIGGER g0 BEFORE INSERT ON public.t0 FOR EACH ROW EXECUTE FUNCTION public.f2()",
        "CREATE POLICY p0 ON public.t0 USING (c0 > 1)",
    ]

    // MARK: Names

    private mutating func schema() -> String { random.pick(["public", "public", "public", "\"Other\""]) }
    private mutating func table() -> String { "\(schema()).t\(random.number(0..<5))" }
    private mutating func column() -> String { "c\(random.number(0..<5))" }
    private mutating func view() -> String {
        let name = "\(schema()).v\(random.number(0..<4))"
        let (first, second, column) = (relation(), relation(), column())
        return random.pick([
            "CREATE VIEW \(name) AS SELECT * FROM \(first)",
            "CREATE VIEW \(name) AS SELECT a.*, b AS whole FROM \(first) a JOIN \(second) b USING (id)",
            "CREATE VIEW \(name) AS SELECT id FROM \(first) a JOIN \(second) b USING (id, \(column))",
            "CREATE VIEW \(name) AS SELECT a.id FROM (\(first) a LEFT JOIN \(second) b USING (id)) AS j (id, x, y)",
            "CREATE VIEW \(name) AS SELECT 'a'::\(typeName()) AS kind, f0(1) AS one",
            "CREATE OR REPLACE VIEW \(name) AS SELECT *, 1 AS added FROM \(first)",
            "CREATE MATERIALIZED VIEW public.m0 AS SELECT id, \(column) FROM \(first)",
            "REFRESH MATERIALIZED VIEW public.m0", "CREATE INDEX ON public.m0 (id)", "DROP MATERIALIZED VIEW public.m0",
            "DROP VIEW \(name) CASCADE", "ALTER VIEW \(name) RENAME TO v\(random.number(0..<4))",
            "ALTER VIEW \(name) ALTER \(column) SET DEFAULT 5",
            "ALTER VIEW \(name) RENAME \(column) TO \(self.column())",
        ])
    }
    private mutating func relation() -> String { random.oneIn(4) ? "public.v\(random.number(0..<4))" : table() }
    private mutating func typeName() -> String { "public.\(random.pick(["e", "d", "k", "r"]))\(random.number(0..<2))" }
    private mutating func columnType() -> String {
        random.pick([
            "int", "int", "text", "varchar(\(random.number(1..<9)))", "numeric(8, 2)", "text COLLATE \"C\"", "int[]",
            typeName(), "\(typeName())[]", table(), "\"Other\".citext",
        ])
    }

    // MARK: Tables

    private mutating func makeTable() -> String {
        let (name, other, column) = (table(), table(), column())
        let key = random.pick([
            "id serial PRIMARY KEY", "id int GENERATED ALWAYS AS IDENTITY (START 5) PRIMARY KEY", "id int",
            "id int PRIMARY KEY",
        ])
        return random.pick([
            "CREATE TABLE \(name) (\(key), \(column) \(columnType()), c9 text DEFAULT 'a')",
            "CREATE TABLE \(name) (\(key), \(column) int CHECK (\(column) > 0))",
            "CREATE TABLE \(name) (\(key), \(column) int REFERENCES \(other))",
            "CREATE TABLE \(name) (\(column) int GENERATED ALWAYS AS (id * 2) STORED, \(key))",
            "CREATE TABLE \(name) (id int PRIMARY KEY, \(column) int DEFAULT 3) PARTITION BY RANGE (id)",
            "CREATE TABLE \(name) PARTITION OF \(other) FOR VALUES FROM (\(random.number(0..<5))) TO (5)",
            "CREATE TABLE \(name) PARTITION OF \(other) DEFAULT",
            "CREATE TABLE \(name) () INHERITS (\(other))", "CREATE TABLE \(name) (LIKE \(other) INCLUDING ALL)",
            "CREATE UNLOGGED TABLE \(name) AS SELECT 1 AS id, 2 AS \(column)",
            "CREATE TABLE \(name) OF public.k0", "CREATE TEMPORARY TABLE t0 (id serial PRIMARY KEY, \(column) int)",
        ])
    }

    private mutating func changeTable() -> String {
        let (name, other, column) = (table(), table(), column())
        return random.pick([
            "DROP TABLE \(name)", "ALTER TABLE \(name) RENAME TO t\(random.number(0..<5))",
            "ALTER TABLE \(name) SET SCHEMA \(schema())", "ALTER TABLE \(name) ADD \(column) \(columnType())",
            "ALTER TABLE \(name) ADD \(column) int", "ALTER TABLE \(name) ADD \(column) int NOT NULL DEFAULT 7",
            "ALTER TABLE \(name) ADD \(column) serial", "ALTER TABLE \(name) DROP \(column)",
            "ALTER TABLE \(name) DROP \(column) CASCADE", "ALTER TABLE \(name) RENAME \(column) TO \(self.column())",
            "ALTER TABLE \(name) INHERIT \(other)", "ALTER TABLE \(name) NO INHERIT \(other)",
            "ALTER TABLE \(other) ATTACH PARTITION \(name) FOR VALUES FROM (10) TO (20)",
            "ALTER TABLE \(other) DETACH PARTITION \(name)", "ALTER TABLE \(name) ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE \(name) SET UNLOGGED", "TRUNCATE \(name) CASCADE", "INSERT INTO \(name) DEFAULT VALUES",
            "CREATE TABLE copy AS TABLE \(name); DROP TABLE \(name) CASCADE; ALTER TABLE copy RENAME TO t1",
        ])
    }

    private mutating func changeColumn() -> String {
        let (name, column) = (table(), column())
        return "ALTER TABLE \(name) ALTER \(column) "
            + random.pick([
                "TYPE bigint", "TYPE text", "TYPE \(columnType())", "SET NOT NULL", "DROP NOT NULL", "SET DEFAULT 1",
                "SET DEFAULT f0(2)", "SET DEFAULT nextval('public.s0')", "DROP DEFAULT", "SET STATISTICS 50",
                "ADD GENERATED BY DEFAULT AS IDENTITY", "DROP IDENTITY", "SET GENERATED ALWAYS SET INCREMENT BY 3",
                "DROP EXPRESSION",
            ])
    }

    private mutating func constraint() -> String {
        let (name, other, column, constraint) = (table(), table(), column(), "k\(random.number(0..<4))")
        return "ALTER TABLE \(name) "
            + random.pick([
                "ADD CONSTRAINT \(constraint) CHECK (\(column) IS NOT NULL)",
                "ADD CONSTRAINT \(constraint) CHECK (f0(\(column)) > 0) NOT VALID",
                "ADD CONSTRAINT \(constraint) UNIQUE (\(column))", "ADD PRIMARY KEY (\(column))",
                "ADD CONSTRAINT \(constraint) FOREIGN KEY (\(column)) REFERENCES \(other) ON DELETE CASCADE",
                "ADD CONSTRAINT \(constraint) FOREIGN KEY (\(column)) REFERENCES \(other) (id) NOT VALID",
                "ADD CONSTRAINT \(constraint) EXCLUDE (\(column) WITH =)", "VALIDATE CONSTRAINT \(constraint)",
                "ADD CONSTRAINT \(constraint) UNIQUE USING INDEX i\(random.number(0..<4))",
                "DROP CONSTRAINT \(constraint)", "DROP CONSTRAINT \(constraint) CASCADE",
                "RENAME CONSTRAINT \(constraint) TO k\(random.number(0..<4))",
            ])
    }

    private mutating func index() -> String {
        let (name, column, index) = (table(), column(), "i\(random.number(0..<4))")
        return random.pick([
            "CREATE INDEX \(index) ON \(name) (\(column))", "CREATE UNIQUE INDEX \(index) ON \(name) (id)",
            "CREATE INDEX \(index) ON \(name) (f0(\(column))) WHERE \(column) > 1",
            "CREATE INDEX \(index) ON ONLY \(name) (\(column) DESC)", "DROP INDEX public.\(index)",
            "ALTER INDEX public.\(index) RENAME TO i\(random.number(0..<4))",
            "ALTER INDEX public.\(index) SET (fillfactor = 70)", "REINDEX TABLE \(name)",
            "ALTER INDEX public.\(index) ATTACH PARTITION public.i\(random.number(0..<4))",
        ])
    }

    // MARK: Other objects

    private mutating func type() -> String {
        let number = random.number(0..<2)
        return random.pick([
            "CREATE TYPE public.e\(number) AS ENUM ('a', 'b')",
            "ALTER TYPE public.e\(number) ADD VALUE '\(random.pick(["c", "d"]))' BEFORE 'b'",
            "ALTER TYPE public.e\(number) RENAME VALUE 'a' TO 'z'",
            "ALTER TYPE public.e\(number) RENAME TO e\(1 - number)",
            "ALTER TYPE public.e\(number) SET SCHEMA \(schema())", "DROP TYPE public.e\(number) CASCADE",
            "CREATE DOMAIN public.d\(number) AS int DEFAULT 3 CHECK (VALUE > 0)",
            "ALTER DOMAIN public.d\(number) SET DEFAULT 4", "ALTER DOMAIN public.d\(number) SET NOT NULL",
            "ALTER DOMAIN public.d\(number) ADD CONSTRAINT small CHECK (f0(VALUE) < 9)",
            "ALTER DOMAIN public.d\(number) DROP CONSTRAINT small", "DROP DOMAIN public.d\(number) CASCADE",
            "CREATE TYPE public.k\(number) AS (id int, c1 text)",
            "ALTER TYPE public.k\(number) ADD ATTRIBUTE \(column()) int CASCADE",
            "ALTER TYPE public.k\(number) RENAME ATTRIBUTE id TO \(column()) CASCADE",
            "ALTER TYPE public.k\(number) DROP ATTRIBUTE \(column()) CASCADE", "DROP TYPE public.k\(number) CASCADE",
            "CREATE TYPE public.r\(number) AS RANGE (subtype = int)", "DROP TYPE public.r\(number) CASCADE",
            "ALTER TYPE public.r\(number) RENAME TO r\(1 - number)",
        ])
    }

    private mutating func routine() -> String {
        let (name, type) = (table(), columnType())
        return random.pick([
            "CREATE OR REPLACE FUNCTION f0(a int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT \(random.number(0..<9))'",
            "ALTER FUNCTION f0(int) RENAME TO f1", "ALTER FUNCTION f1(int) RENAME TO f0",
            "ALTER FUNCTION f0(int) SET SCHEMA \(schema())", "DROP FUNCTION f0(int) CASCADE",
            "CREATE OR REPLACE FUNCTION f2() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN \(random.pick(["NEW", "OLD"])); END'",
            "CREATE FUNCTION f3(a \(type)) RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE FUNCTION f4() RETURNS SETOF \(name) LANGUAGE sql AS 'SELECT * FROM \(name)'",
            "CREATE VIEW public.v3 AS SELECT f.* FROM f4() f",
            "CREATE FUNCTION f5() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT count(*)::int FROM \(name) a JOIN \(table()) b USING (id); END",
            "DROP FUNCTION f4() CASCADE", "DROP FUNCTION f5()", "ALTER FUNCTION f2() COST 5",
            "CREATE PROCEDURE f6(a int) LANGUAGE sql AS 'SELECT a'", "DROP ROUTINE f6",
            "CREATE AGGREGATE f7(int) (SFUNC = int4pl, STYPE = int)", "DROP AGGREGATE f7(int)",
            "ALTER AGGREGATE f7(int) RENAME TO f8",
        ])
    }

    private mutating func triggerOrPolicy() -> String {
        let (name, column) = (table(), column())
        return random.pick([
            "CREATE TRIGGER g0 BEFORE INSERT ON \(name) FOR EACH ROW EXECUTE FUNCTION f2()",
            "CREATE TRIGGER g1 AFTER UPDATE OF \(column) ON \(name) FOR EACH ROW WHEN (NEW.\(column) IS NULL) EXECUTE FUNCTION f2()",
            "ALTER TRIGGER g0 ON \(name) RENAME TO g2", "DROP TRIGGER g0 ON \(name)",
            "ALTER TABLE \(name) DISABLE TRIGGER g0", "ALTER FUNCTION f2() RENAME TO f9",
            "CREATE POLICY p0 ON \(name) USING (\(column) IS NULL)",
            "CREATE POLICY p1 ON \(name) USING (EXISTS (SELECT FROM \(table()) a JOIN \(table()) b USING (id)))",
            "ALTER POLICY p0 ON \(name) RENAME TO p2", "ALTER POLICY p0 ON \(name) TO postgres",
            "DROP POLICY p0 ON \(name)",
            "CREATE RULE u0 AS ON DELETE TO \(name) DO INSTEAD NOTHING", "DROP RULE u0 ON \(name)",
        ])
    }

    private mutating func sequence() -> String {
        let name = "\(schema()).s\(random.number(0..<2))"
        return random.pick([
            "CREATE SEQUENCE \(name)", "ALTER SEQUENCE \(name) INCREMENT \(random.number(1..<9))",
            "ALTER SEQUENCE \(name) OWNED BY \(table()).\(column())", "ALTER SEQUENCE \(name) OWNED BY NONE",
            "ALTER SEQUENCE \(name) RENAME TO s\(random.number(0..<2))", "DROP SEQUENCE \(name) CASCADE",
            "ALTER SEQUENCE \(name) AS smallint", "ALTER SEQUENCE \(table())_id_seq INCREMENT 4",
            "SELECT nextval('\(name)')",
        ])
    }

    private mutating func annotation() -> String {
        let (name, column) = (table(), column())
        return random.pick([
            "COMMENT ON TABLE \(name) IS '\(random.number(0..<9))'", "COMMENT ON TABLE \(name) IS NULL",
            "COMMENT ON COLUMN \(name).\(column) IS '\(random.number(0..<9))'",
            "COMMENT ON COLUMN \(name).\(column) IS NULL", "GRANT SELECT ON \(name) TO PUBLIC",
            "GRANT UPDATE (\(column)) ON \(name) TO PUBLIC", "REVOKE ALL ON \(name) FROM PUBLIC",
            "REVOKE ALL (\(column)) ON \(name) FROM PUBLIC",
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO pg_monitor",
            "ALTER TABLE \(name) OWNER TO pg_monitor", "ALTER TABLE \(name) OWNER TO postgres",
        ])
    }

    private mutating func rarity() -> String {
        let name = table()
        return random.pick([
            "CREATE SCHEMA \"Other\"", "CREATE SCHEMA \"Other\"", "DROP SCHEMA \"Other\" CASCADE",
            "ALTER SCHEMA \"Other\" RENAME TO next", "ALTER SCHEMA next RENAME TO \"Other\"",
            "CREATE EXTENSION citext SCHEMA \"Other\"", "DROP EXTENSION citext CASCADE",
            "ALTER EXTENSION plpgsql ADD TABLE \(name)", "ALTER EXTENSION plpgsql DROP TABLE \(name)",
            "CREATE COLLATION public.fold (provider = icu, locale = 'und')", "DROP COLLATION public.fold CASCADE",
            "CREATE OPERATOR public.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)",
            "ALTER TABLE \(name) ADD CHECK (id OPERATOR(public.===) id)", "DROP OPERATOR public.=== (int, int) CASCADE",
            "ALTER OPERATOR public.=== (int, int) SET SCHEMA \"Other\"", "ANALYZE",
            "CREATE STATISTICS ON id, c1 FROM \(name)",
            "DO $$BEGIN CREATE TABLE public.t4 (id int); RAISE 'no'; EXCEPTION WHEN OTHERS THEN NULL; END$$",
            "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER w FOREIGN DATA WRAPPER w",
            "CREATE FOREIGN TABLE \(name) (id int, c1 text) SERVER w", "CLUSTER \(name) USING i0",
        ])
    }
}
